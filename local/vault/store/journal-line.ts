/**
 * One line of the vault's journal: what it holds, how it is tied to the line before it, and in which file it lies.
 */

import { hash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { SecretEvent } from '../../../shared/ports/secret-audit.ts';
import { VaultError } from './errors.ts';

const FILE_NAME = /^journal-(\d{6})\.jsonl$/;

const lineSchema = z.strictObject({
  sequence: z.int().min(1),
  event: z.strictObject({
    atMs: z.number(),
    kind: z.enum(['access', 'change', 'refusal', 'rotation']),
    operation: z.string(),
    actor: z.string(),
    secret: z.string().nullable(),
    versionId: z.string().nullable(),
    outcome: z.string(),
  }),
  hash: z.string().length(64),
});
export type JournalLine = Readonly<z.infer<typeof lineSchema>>;

/** A line, or the nothing before the first. */
export interface JournalPlace {
  readonly sequence: number;
  readonly hash: string;
}

export const JOURNAL_START: JournalPlace = { sequence: 0, hash: '0'.repeat(64) };

/** The line behind `before`, with its newline. */
export function lineBehind(before: JournalPlace, given: SecretEvent): { line: JournalLine; text: string } {
  const event = inOrder(given);
  const sequence = before.sequence + 1;
  const line = { sequence, event, hash: hashOf(before.hash, sequence, event) };
  return { line, text: `${JSON.stringify(line)}\n` };
}

/** Throws VaultError JOURNAL_ALTERED unless the text is the line behind `before`. */
export function readLine(text: string, before: JournalPlace, path: string): JournalLine {
  const line = parseLine(text, path);
  const isNext = line.sequence === before.sequence + 1 && line.hash === hashOf(before.hash, line.sequence, line.event);
  if (!isNext || text !== JSON.stringify(line)) throw journalAltered(`line ${before.sequence + 1} of ${path}`);
  return line;
}

/** Throws VaultError JOURNAL_ALTERED when it is not a line at all; what precedes it is not looked at. */
export function parseLine(text: string, path: string): JournalLine {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (error) {
    throw journalAltered(path, error);
  }
}

/** In their order; none where there is no such folder. */
export function journalFileNumbers(dir: string): number[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

export function journalFilePath(dir: string, number: number): string {
  return join(dir, `journal-${String(number).padStart(6, '0')}.jsonl`);
}

function journalAltered(what: string, cause?: unknown): VaultError {
  return new VaultError('JOURNAL_ALTERED', `${what} is not what the journal wrote`, {
    fix: 'somebody or something changed the record: docs/runbooks/secrets.md, "The journal was altered"',
    cause,
  });
}

function hashOf(previous: string, sequence: number, event: SecretEvent): string {
  const text = JSON.stringify([previous, sequence, inOrder(event)]);
  return hash('sha256', text, 'hex');
}

/** The same event is the same text, whoever made it. */
function inOrder({ atMs, kind, operation, actor, secret, versionId, outcome }: SecretEvent): SecretEvent {
  return { atMs, kind, operation, actor, secret, versionId, outcome };
}
