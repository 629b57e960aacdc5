/**
 * A message as the text that a queue carries, both ways.
 *
 * What a queue takes at most is not what 500 symbols need at worst, so the data of a large message travel packed:
 * `"data": {"gzip": "<base64>"}`. Everything else of the envelope stays readable, and the body says by itself how it is
 * to be read, whoever copied it: a redrive, a console, a file. Why so: docs/decisions/0021-large-messages.md
 */

import { gunzipSync, gzipSync } from 'node:zlib';
import type { Envelope } from './envelope.ts';

/** Below it a message is what any JSON tool reads: half of what a queue takes. */
const PLAIN_BYTES_MAX = 128 * 1024;
/** Nothing of ours comes near it; more is an attack or a mistake. */
const UNPACKED_BYTES_MAX = 8 * 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function bodyOf(envelope: Envelope<unknown>): string {
  const plain = asciiJson(envelope);
  if (plain.length <= PLAIN_BYTES_MAX) return plain;
  return asciiJson({ ...envelope, data: { gzip: gzipSync(JSON.stringify(envelope.data)).toString('base64') } });
}

export type Unpacked =
  | { readonly kind: 'plain' }
  | { readonly kind: 'packed'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** The text of packed data. Never throws, whatever the value. */
export function unpackData(data: unknown): Unpacked {
  if (!isPacked(data)) return { kind: 'plain' };
  if (!BASE64.test(data.gzip)) return { kind: 'failed', reason: 'it is not base64' };
  try {
    const unpacked = gunzipSync(Buffer.from(data.gzip, 'base64'), { maxOutputLength: UNPACKED_BYTES_MAX });
    return { kind: 'packed', text: unpacked.toString('utf8') };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A body as a person reads it; what cannot be read stays as it is. */
export function readableBody(body: string): string {
  try {
    const envelope = JSON.parse(body) as { readonly data?: unknown };
    const unpacked = unpackData(envelope.data);
    if (unpacked.kind !== 'packed') return body;
    return JSON.stringify({ ...envelope, data: JSON.parse(unpacked.text) as unknown });
  } catch {
    return body;
  }
}

/** No contract of ours has this one field. */
function isPacked(data: unknown): data is { readonly gzip: string } {
  if (typeof data !== 'object' || data === null) return false;
  return Object.keys(data).length === 1 && typeof (data as { gzip?: unknown }).gzip === 'string';
}

/** Some endpoints refuse characters beyond the basic plane, so all but ASCII travels escaped. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
