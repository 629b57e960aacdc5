/**
 * Small files of the vault: one line of JSON and one line that checks it, compared byte for byte.
 */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { altered, newerFormat } from './errors.ts';

/** Read before anything else of a file is believed. */
const formatSchema = z.object({ format: z.int() });

/** With a key the second line proves who wrote it; without, only that nothing was damaged. */
export function checkedText(content: object, key: Uint8Array | null = null): Buffer {
  const line = JSON.stringify(content);
  return Buffer.from(`${line}\n${checkOf(line, key)}\n`, 'utf8');
}

/** Throws VaultError ALTERED or FORMAT_UNKNOWN naming the file. */
export function readCheckedText<Content>(
  bytes: Buffer,
  schema: z.ZodType<Content>,
  file: { readonly path: string; readonly format: number; readonly key?: Uint8Array },
): Content {
  const [line = ''] = bytes.toString('utf8').split('\n', 1);
  const expected = Buffer.from(`${line}\n${checkOf(line, file.key ?? null)}\n`, 'utf8');
  if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) throw altered(file.path);
  return parseContent(line, schema, file);
}

function parseContent<Content>(
  line: string,
  schema: z.ZodType<Content>,
  file: { readonly path: string; readonly format: number },
): Content {
  const content = parseJson(line);
  const format = formatSchema.safeParse(content);
  if (format.success && format.data.format > file.format) throw newerFormat(file.path, format.data.format, file.format);
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw altered(file.path, parsed.error);
  return parsed.data;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

function checkOf(line: string, key: Uint8Array | null): string {
  const hash = key === null ? createHash('sha256') : createHmac('sha256', key);
  return hash.update(line, 'utf8').digest('hex');
}
