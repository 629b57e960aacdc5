/**
 * Searches bytes for secrets in every form in which they commonly get out: as they are, in base64 at any alignment, in
 * hex, escaped for an address or a JSON text, in UTF-16.
 *
 * One pass for all of them: the first two bytes select, four look up, the rest is compared.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Planted {
  /** What it is, for the report; never the value. */
  readonly label: string;
  readonly text: string;
}

export interface Leak {
  readonly label: string;
  readonly form: string;
  readonly where: string;
}

interface Needle {
  readonly label: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Shorter ones turn up by chance. */
const NEEDLE_BYTES_MIN = 8;

export class LeakSearch {
  readonly #starts = new Uint8Array(65_536);
  readonly #needles = new Map<number, Needle[]>();
  bytesSearched = 0;

  constructor(planted: readonly Planted[]) {
    for (const needle of planted.flatMap(formsOf)) this.#add(needle);
  }

  /** Each needle once. */
  find(haystack: Buffer, where: string): Leak[] {
    this.bytesSearched += haystack.length;
    const found = new Set<Needle>();
    for (let at = 0; at + NEEDLE_BYTES_MIN <= haystack.length; at++) {
      if (this.#starts[(haystack[at]! << 8) | haystack[at + 1]!] === 0) continue;
      for (const needle of this.#needles.get(haystack.readUInt32BE(at)) ?? []) {
        const { bytes } = needle;
        if (haystack.subarray(at, at + bytes.length).equals(bytes)) found.add(needle);
      }
    }
    return [...found].map(({ label, form }) => ({ label, form, where }));
  }

  /** Every file below a folder, with names as seen from it. */
  findInFolder(folder: string, isLeftOut: (path: string) => boolean = () => false): Leak[] {
    return filesBelow(folder)
      .filter((path) => !isLeftOut(path))
      .flatMap((path) => this.find(Buffer.concat([Buffer.from(`${path}\n`), readFileSync(join(folder, path))]), path));
  }

  #add(needle: Needle): void {
    const { bytes } = needle;
    this.#starts[(bytes[0]! << 8) | bytes[1]!] = 1;
    const key = bytes.readUInt32BE(0);
    this.#needles.set(key, [...(this.#needles.get(key) ?? []), needle]);
  }
}

export function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile()).sort();
}

function formsOf({ label, text }: Planted): Needle[] {
  const plain = Buffer.from(text, 'utf8');
  if (plain.length < NEEDLE_BYTES_MIN) throw new RangeError(`${label} is too short to be searched for`);
  const hex = plain.toString('hex');
  const forms: [string, Buffer][] = [
    ['plain', plain],
    ['hex', Buffer.from(hex)],
    ['HEX', Buffer.from(hex.toUpperCase())],
    ['percent', Buffer.from(encodeURIComponent(text))],
    ['json', Buffer.from(JSON.stringify(text).slice(1, -1))],
    ['json in json', Buffer.from(JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1))],
    ['utf-16', Buffer.from(text, 'utf16le')],
    ...[0, 1, 2].flatMap((shift) => base64Forms(plain, shift)),
  ];
  const distinct = forms.filter(([, bytes], at) => forms.findIndex(([, other]) => other.equals(bytes)) === at);
  return distinct.map(([form, bytes]) => ({ label, form, bytes }));
}

/** Of base64 that begins `shift` bytes earlier: what neither the bytes before nor those behind have a part in. */
function base64Forms(plain: Buffer, shift: number): [string, Buffer][] {
  const whole = Buffer.concat([Buffer.alloc(shift), plain]);
  const from = Math.ceil((shift * 8) / 6);
  const to = Math.floor((whole.length * 8) / 6);
  return (['base64', 'base64url'] as const).map((encoding) => [
    `${encoding}, ${shift} bytes in`,
    Buffer.from(whole.toString(encoding).slice(from, to)),
  ]);
}
