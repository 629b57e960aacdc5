/**
 * The vault's own journal: a chain of lines, each with the hash of the one before, kept where Postgres is not needed.
 *
 * Files have a size limit and the chain runs through all of them. A line that a power cut tore is dropped at the next
 * start; any other that does not fit stops the vault. Reads of values are flushed by the system, everything else at
 * once.
 */

import { createReadStream, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SecretAudit, SecretEvent } from '../../../shared/ports/secret-audit.ts';
import { AppendFile } from './append-file.ts';
import {
  JOURNAL_START,
  journalFileNumbers,
  journalFilePath,
  type JournalLine,
  type JournalPlace,
  lineBehind,
  parseLine,
  readLine,
} from './journal-line.ts';

const FILE_BYTES_MAX = 4 * 1024 * 1024;

export interface Journal extends SecretAudit {
  readonly sequence: number;
  /** Reads the whole chain, oldest first. Throws VaultError JOURNAL_ALTERED naming the file and the line. */
  lines(): AsyncIterable<JournalLine>;
  close(): Promise<void>;
}

/** Throws VaultError when the newest file is not what was written. */
export async function openJournal(dir: string, fileBytesMax = FILE_BYTES_MAX): Promise<Journal> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const numbers = journalFileNumbers(dir);
  const newest = numbers.at(-1) ?? 1;
  dropTornLine(journalFilePath(dir, newest));
  return new FileJournal({ dir, number: newest, head: await readHead(dir, numbers), fileBytesMax });
}

class FileJournal implements Journal {
  readonly #dir: string;
  readonly #fileBytesMax: number;
  #number: number;
  #file: AppendFile;
  #head: JournalPlace;

  constructor(start: { dir: string; number: number; head: JournalPlace; fileBytesMax: number }) {
    this.#dir = start.dir;
    this.#number = start.number;
    this.#file = new AppendFile(journalFilePath(start.dir, start.number));
    this.#head = start.head;
    this.#fileBytesMax = start.fileBytesMax;
  }

  get sequence(): number {
    return this.#head.sequence;
  }

  /** Written at once and in order: handing a line to another thread costs ten times what writing it does. */
  async record(given: SecretEvent): Promise<void> {
    const { line, text } = lineBehind(this.#head, given);
    const file = this.#fileWithRoom();
    file.append(Buffer.from(text, 'utf8'));
    this.#head = { sequence: line.sequence, hash: line.hash };
    if (given.kind !== 'access') await file.flush();
  }

  async *lines(): AsyncIterable<JournalLine> {
    let head: JournalPlace = JOURNAL_START;
    for (const number of journalFileNumbers(this.#dir)) {
      for await (const line of linesOf(journalFilePath(this.#dir, number), head)) {
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
    this.#file = new AppendFile(journalFilePath(this.#dir, this.#number));
    return this.#file;
  }
}

/** The head of the whole chain, with the newest file checked line by line. */
async function readHead(dir: string, numbers: readonly number[]): Promise<JournalPlace> {
  const [newest, before] = numbers.toReversed();
  if (newest === undefined) return JOURNAL_START;
  let head: JournalPlace = before === undefined ? JOURNAL_START : lastLine(journalFilePath(dir, before));
  for await (const line of linesOf(journalFilePath(dir, newest), head)) head = line;
  return { sequence: head.sequence, hash: head.hash };
}

function lastLine(path: string): JournalPlace {
  const text = readFileSync(path, 'utf8');
  return parseLine(text.trimEnd().split('\n').at(-1) ?? '', path);
}

async function* linesOf(path: string, before: JournalPlace): AsyncIterable<JournalLine> {
  let head = before;
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const text of lines) {
    const line = readLine(text, head, path);
    head = line;
    yield line;
  }
}

function dropTornLine(path: string): void {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) truncateSync(path, whole);
}
