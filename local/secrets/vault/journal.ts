/**
 * The vault's own journal: a chain of lines, each with the hash of the one before, kept where Postgres is not needed.
 *
 * Files have a size limit and the chain runs through all of them. A line that a power cut tore is dropped at the next
 * start; any other that does not fit stops the vault. Reads of values are flushed by the system, everything else at
 * once.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { SecretAudit, SecretEvent } from '../../../shared/ports/secret-audit.ts';
import { VaultError } from './errors.ts';

const FILE_BYTES_MAX = 4 * 1024 * 1024;
const FILE_NAME = /^journal-(\d{6})\.jsonl$/;
const FIRST_HASH = '0'.repeat(64);
const OWNER_ONLY = 0o600;

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
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const numbers = await fileNumbers(dir);
  const newest = numbers.at(-1) ?? 1;
  const path = pathOf(dir, newest);
  await dropTornLine(path);
  const head = await readHead(dir, numbers);
  const file = await open(path, 'a', OWNER_ONLY);
  const { size } = await file.stat();
  return new FileJournal({ dir, number: newest, file, bytes: size, head, fileBytesMax });
}

/** Lines of one turn of the event loop; written together. */
interface Batch {
  readonly base: Head;
  text: string;
  last: Head;
  isUrgent: boolean;
  readonly written: Promise<void>;
}

class FileJournal implements Journal {
  readonly #dir: string;
  readonly #fileBytesMax: number;
  #number: number;
  #file: FileHandle;
  /** Of the lines on disk. */
  #kept: Head;
  #keptBytes: number;
  /** Of the lines on disk or on their way there. */
  #head: Head;
  #batch: Batch | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(start: {
    dir: string;
    number: number;
    file: FileHandle;
    bytes: number;
    head: Head;
    fileBytesMax: number;
  }) {
    this.#dir = start.dir;
    this.#number = start.number;
    this.#file = start.file;
    this.#kept = start.head;
    this.#keptBytes = start.bytes;
    this.#head = start.head;
    this.#fileBytesMax = start.fileBytesMax;
  }

  get sequence(): number {
    return this.#kept.sequence;
  }

  record(given: SecretEvent): Promise<void> {
    const event = inOrder(given);
    const batch = this.#batch ?? this.#newBatch();
    const sequence = this.#head.sequence + 1;
    const hash = hashOf(this.#head.hash, sequence, event);
    this.#head = { sequence, hash };
    batch.last = this.#head;
    batch.text += `${JSON.stringify({ sequence, event, hash })}\n`;
    batch.isUrgent ||= event.kind !== 'access';
    return batch.written;
  }

  async *lines(): AsyncIterable<JournalLine> {
    await this.#writing;
    let head: Head = { sequence: 0, hash: FIRST_HASH };
    for (const number of await fileNumbers(this.#dir)) {
      for await (const line of linesOf(pathOf(this.#dir, number), head)) {
        head = line;
        yield line;
      }
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.sync();
    await this.#file.close();
  }

  #newBatch(): Batch {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const batch: Batch = { base: this.#head, last: this.#head, text: '', isUrgent: false, written: promise };
    this.#batch = batch;
    this.#writing = this.#writing.then(() => this.#flush(batch).then(resolve, reject));
    return batch;
  }

  /** Lines that the disk does not take are cut off again, and so is what was chained to them: their callers are told. */
  async #flush(batch: Batch): Promise<void> {
    if (this.#batch === batch) this.#batch = null;
    if (batch.base.hash !== this.#kept.hash) throw notWritten(null);
    const bytes = Buffer.from(batch.text, 'utf8');
    try {
      await this.#file.appendFile(bytes);
      if (batch.isUrgent) await this.#file.datasync();
    } catch (error) {
      this.#batch = null;
      this.#head = this.#kept;
      await this.#file.truncate(this.#keptBytes);
      throw notWritten(error);
    }
    this.#kept = batch.last;
    this.#keptBytes += bytes.length;
    if (this.#keptBytes >= this.#fileBytesMax) await this.#nextFile();
  }

  async #nextFile(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    this.#number += 1;
    this.#keptBytes = 0;
    this.#file = await open(pathOf(this.#dir, this.#number), 'a', OWNER_ONLY);
  }
}

/** The head of the whole chain, with the newest file checked line by line. */
async function readHead(dir: string, numbers: readonly number[]): Promise<Head> {
  const [newest, before] = numbers.toReversed();
  if (newest === undefined) return { sequence: 0, hash: FIRST_HASH };
  let head: Head = before === undefined ? { sequence: 0, hash: FIRST_HASH } : await lastLine(pathOf(dir, before));
  for await (const line of linesOf(pathOf(dir, newest), head)) head = line;
  return { sequence: head.sequence, hash: head.hash };
}

async function lastLine(path: string): Promise<Head> {
  const text = await readFile(path, 'utf8');
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

async function dropTornLine(path: string): Promise<void> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) await truncate(path, whole);
}

function journalAltered(what: string, cause?: unknown): VaultError {
  return new VaultError('JOURNAL_ALTERED', `${what} is not what the journal wrote`, {
    fix: 'somebody or something changed the record: docs/runbooks/secrets.md, "The journal was altered"',
    cause,
  });
}

function notWritten(cause: unknown): VaultError {
  return new VaultError('WRITE_FAILED', 'the journal of the vault could not be written, so nothing was done', {
    fix: 'free space on the disk of the data folder, then try again',
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

async function fileNumbers(dir: string): Promise<number[]> {
  const names = await readdir(dir);
  return names
    .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function pathOf(dir: string, number: number): string {
  return join(dir, `journal-${String(number).padStart(6, '0')}.jsonl`);
}
