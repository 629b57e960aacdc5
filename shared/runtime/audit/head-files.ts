/**
 * Exported heads of the audit chains as files: one for each day (UTC), one signed statement a line.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type HeadStatement, statementDigest } from '../../domain/audit/heads.ts';

export const AUDIT_HEADS_FOLDER = 'audit-heads';

const FILE_NAME = /^\d{4}-\d{2}-\d{2}\.jsonl$/;
const HASH = z.string().regex(/^[0-9a-f]{64}$/);

const lineSchema = z.strictObject({
  format: z.literal(1),
  exportedAtMs: z.int().min(0),
  previous: HASH,
  heads: z.array(z.strictObject({ chain: z.string().min(1), sequence: z.int().min(1), hash: HASH })),
  keyId: z.string(),
  signature: z.string(),
});

export interface SignedStatement {
  readonly statement: HeadStatement;
  readonly signature: string;
}

/** One line of a file; null where it holds no statement. */
export interface ExportedLine {
  /** Such as `2026-11-24.jsonl, line 3`. */
  readonly place: string;
  readonly signed: SignedStatement | null;
  /** Empty where there is no statement. */
  readonly digest: string;
}

/** In the order in which they were written. A line that a crash left half written is among them. */
export function readExportedLines(dataDir: string): ExportedLine[] {
  const folder = join(dataDir, AUDIT_HEADS_FOLDER);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => FILE_NAME.test(name));
  return names.toSorted().flatMap((name) => linesOf(name, readFileSync(join(folder, name), 'utf8')));
}

/** Resolves when the statement is on the disk. */
export async function appendStatement(dataDir: string, { statement, signature }: SignedStatement): Promise<void> {
  const folder = join(dataDir, AUDIT_HEADS_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const day = new Date(statement.exportedAtMs).toISOString().slice(0, 10);
  const file = await open(join(folder, `${day}.jsonl`), 'a');
  try {
    // Begins with a newline where a crash left half a line, and empty lines say nothing.
    await file.appendFile(`\n${JSON.stringify({ ...statement, signature })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function linesOf(name: string, text: string): ExportedLine[] {
  return text.split('\n').flatMap((line, at) => (line === '' ? [] : [parseLine(`${name}, line ${at + 1}`, line)]));
}

function parseLine(place: string, line: string): ExportedLine {
  const parsed = lineSchema.safeParse(parseJson(line));
  if (!parsed.success) return { place, signed: null, digest: '' };
  const { signature, ...statement } = parsed.data;
  return { place, signed: { statement, signature }, digest: statementDigest(statement) };
}

/** Undefined fits no schema. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
