/**
 * Follows the vault's journal from another process: whole lines behind a known one, each tied to the one before it.
 *
 * Only reads. A line that is being written, or that a power cut tore, is not there yet.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  JOURNAL_START,
  journalFileNumbers,
  journalFilePath,
  type JournalLine,
  type JournalPlace,
  readLine,
} from './journal-line.ts';

/** Behind which line, and where in its file that ends. */
interface Position extends JournalPlace {
  readonly number: number;
  readonly offset: number;
}

export class JournalTail {
  readonly #dir: string;
  #position: Position | null = null;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * At most `limit` lines behind `after`; null when the journal does not hold `after`. Throws VaultError
   * JOURNAL_ALTERED naming a line that does not follow from the one before it.
   */
  async read(after: JournalPlace, limit: number): Promise<readonly JournalLine[] | null> {
    const start = isAt(this.#position, after) ? this.#position : await this.#find(after);
    if (start === null) return null;
    const lines: JournalLine[] = [];
    let position = start;
    for await (const each of this.#behind(start)) {
      lines.push(each.line);
      position = each.position;
      if (lines.length >= limit) break;
    }
    this.#position = position;
    return lines;
  }

  async #find(after: JournalPlace): Promise<Position | null> {
    const start = { ...JOURNAL_START, number: 1, offset: 0 };
    if (after.sequence === 0) return start;
    for await (const { position } of this.#behind(start)) {
      if (position.sequence === after.sequence) return position.hash === after.hash ? position : null;
    }
    return null;
  }

  async *#behind(start: Position): AsyncGenerator<{ line: JournalLine; position: Position }> {
    let position = start;
    for (const number of journalFileNumbers(this.#dir)) {
      if (number < start.number) continue;
      if (number > start.number) position = { ...position, number, offset: 0 };
      const path = journalFilePath(this.#dir, number);
      const bytes = await readFrom(path, position.offset);
      let at = 0;
      for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', at)) {
        const line = readLine(bytes.toString('utf8', at, end), position, path);
        position = { number, offset: position.offset + end + 1 - at, sequence: line.sequence, hash: line.hash };
        at = end + 1;
        yield { line, position };
      }
    }
  }
}

/** Journals that were moved aside as the runbook says: `vault-journal.before-…` beside the one in use. */
export function journalsAside(dir: string): string[] {
  const prefix = `${basename(dir)}.before-`;
  const parent = dirname(dir);
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(parent, name));
}

/** Whether the folder has that very line, whatever was done to the others. */
export function holdsLine(dir: string, { sequence, hash }: JournalPlace): boolean {
  const isLine = (text: string) => text.startsWith(`{"sequence":${sequence},`) && text.endsWith(`"hash":"${hash}"}`);
  return journalFileNumbers(dir).some((number) =>
    readFileSync(journalFilePath(dir, number), 'utf8').split('\n').some(isLine),
  );
}

function isAt(position: Position | null, { sequence, hash }: JournalPlace): position is Position {
  return position !== null && position.sequence === sequence && position.hash === hash;
}

async function readFrom(path: string, offset: number): Promise<Buffer> {
  if (!existsSync(path)) return Buffer.alloc(0);
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(size - offset, 0));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
