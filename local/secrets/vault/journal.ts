/**
 * The vault's own journal: a chain of lines, each with the hash of the one before, kept where Postgres is not needed.
 *
 * Files have a size limit and the chain runs through all of them. A line that a power cut tore is dropped at the next
 * start; any other that does not fit stops the vault. Reads of values are flushed by the system, everything else at
 * once.
 */

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { SecretAudit, SecretEvent } from '../../../shared/ports/secret-audit.ts';
import { AppendFile } from './append-file.ts';
import { VaultError } from './errors.ts';

const FILE_BYTES_MAX = 4 * 1024 * 1024;
const FILE_NAME = /^journal-(\d{6})\.jsonl$/;
const FIRST_HASH = '0'.repeat(64);

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
type JournalLine = Readonly<z.infer<typeof lineSchema>>;

export interface Journal extends SecretAudit {
  readonly sequence: number;
  /** Reads the whole chain, oldest first. Throws VaultError JOURNAL_ALTERED naming the file and the line. */
  lines(): AsyncIterable<JournalLine>;
  close(): Promise<void>;
}

interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** Throws VaultError when the newest file is not what was written. */
export async function openJournal(dir: string, fileBytesMax = FILE_BYTES_MAX): Promise<Journal> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const numbers = fileNumbers(dir);
  const newest = numbers.at(-1) ?? 1;
  dropTornLine(pathOf(dir, newest));
  return new FileJournal({ dir, number: newest, head: await readHead(dir, numbers), fileBytesMax });
}

class FileJournal implements Journal {
  readonly #dir: string;
  readonly #fileBytesMax: number;
  #number: number;
  #file: AppendFile;
  #head: Head;

  constructor(start: { dir: string; number: number; head: Head; fileBytesMax: number }) {
    this.#dir = start.dir;
    this.#number = start.number;
    this.#file = new AppendFile(pathOf(start.dir, start.number));
    this.#head = start.head;
    this.#fileBytesMax = start.fileBytesMax;
  }

  get sequence(): number {
    return this.#head.sequence;
  }

  /** Written at once and in order: handing a line to another thread costs ten times what writing it does. */
  async record(given: SecretEvent): Promise<void> {
    const event = inOrder(given);
    const sequence = this.#head.sequence + 1;
    const hash = hashOf(this.#head.hash, sequence, event);
    const file = this.#fileWithRoom();
    file.append(Buffer.from(`${JSON.stringify({ sequence, event, hash })}\n`, 'utf8'));
    this.#head = { sequence, hash };
    if (event.kind !== 'access') await file.flush();
  }

  async *lines(): AsyncIterable<JournalLine> {
    let head: Head = { sequence: 0, hash: FIRST_HASH };
    for (const number of fileNumbers(this.#dir)) {
      for await (const line of linesOf(pathOf(this.#dir, number), head)) {
        head = line;
        yield line;
      }
    }
  }

  async close(): Promise<void> {
    await this.#file.retire();
  }

  #fileWithRoom(): AppendFile {
    if (this.#file.bytes < this.#fileBytesMax) return this.#file;
    // Whoever waits for the full file still has it; a failure to flush is theirs.
    void this.#file.retire().catch(() => undefined);
    this.#number += 1;
    this.#file = new AppendFile(pathOf(this.#dir, this.#number));
    return this.#file;
  }
}

/** The head of the whole chain, with the newest file checked line by line. */
async function readHead(dir: string, numbers: readonly number[]): Promise<Head> {
  const [newest, before] = numbers.toReversed();
  if (newest === undefined) return { sequence: 0, hash: FIRST_HASH };
  let head: Head = before === undefined ? { sequence: 0, hash: FIRST_HASH } : lastLine(pathOf(dir, before));
  for await (const line of linesOf(pathOf(dir, newest), head)) head = line;
  return { sequence: head.sequence, hash: head.hash };
}

function lastLine(path: string): Head {
  const text = readFileSync(path, 'utf8');
  return parseLine(text.trimEnd().split('\n').at(-1) ?? '', path);
}

async function* linesOf(path: string, before: Head): AsyncIterable<JournalLine> {
  let head = before;
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const text of lines) {
    const line = parseLine(text, path);
    const isNext = line.sequence === head.sequence + 1 && line.hash === hashOf(head.hash, line.sequence, line.event);
    if (!isNext || text !== JSON.stringify(line)) throw journalAltered(`line ${head.sequence + 1} of ${path}`);
    head = line;
    yield line;
  }
}

function parseLine(text: string, path: string): JournalLine {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (error) {
    throw journalAltered(path, error);
  }
}

function dropTornLine(path: string): void {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) truncateSync(path, whole);
}

function journalAltered(what: string, cause?: unknown): VaultError {
  return new VaultError('JOURNAL_ALTERED', `${what} is not what the journal wrote`, {
    fix: 'somebody or something changed the record: docs/runbooks/secrets.md, "The journal was altered"',
    cause,
  });
}

function hashOf(previous: string, sequence: number, event: SecretEvent): string {
  const text = JSON.stringify([previous, sequence, inOrder(event)]);
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The same event is the same text, whoever made it. */
function inOrder({ atMs, kind, operation, actor, secret, versionId, outcome }: SecretEvent): SecretEvent {
  return { atMs, kind, operation, actor, secret, versionId, outcome };
}

function fileNumbers(dir: string): number[] {
  return readdirSync(dir)
    .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function pathOf(dir: string, number: number): string {
  return join(dir, `journal-${String(number).padStart(6, '0')}.jsonl`);
}
