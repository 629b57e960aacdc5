/**
 * The raw journal: every minute as delivered, on disk before anything else sees it. One file per run and session.
 *
 * A restart may write its last minute again; readers take the last line of a minute.
 */

import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawBar } from '../../shared/contracts/minute.v2.ts';

export interface JournalLine {
  readonly session: number;
  readonly minuteIndex: number;
  readonly openMs: number;
  readonly bars: readonly RawBar[];
}

const NEWLINE = 10;

export class Journal {
  readonly #folder: string;
  #file: FileHandle | null = null;
  #session = 0;

  constructor(dataDir: string, runId: string) {
    this.#folder = join(dataDir, 'journal', runId);
  }

  /** Resolves when the line is on the disk. */
  async append(line: JournalLine): Promise<void> {
    if (this.#file === null || this.#session !== line.session) await this.#openSession(line.session);
    await this.#file!.appendFile(`${JSON.stringify(line)}\n`);
    await this.#file!.datasync();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #openSession(session: number): Promise<void> {
    await this.close();
    await mkdir(this.#folder, { recursive: true });
    const file = await open(join(this.#folder, `${session}.jsonl`), 'a+');
    // A crash may have left half a line; it must not swallow the next one.
    if (!(await endsWithNewline(file))) await file.appendFile('\n');
    this.#file = file;
    this.#session = session;
  }
}

async function endsWithNewline(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === NEWLINE;
}
