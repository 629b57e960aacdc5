/**
 * A file that only grows: lines are written at once and in order, flushed when asked, and one that the disk took only
 * in part is cut off again.
 */

import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { VaultError } from './errors.ts';

const OWNER_ONLY = 0o600;
const flushToDisk = promisify(fdatasync);

export class AppendFile {
  readonly #fd: number;
  #bytes: number;
  #flushing: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#fd = openSync(path, 'a', OWNER_ONLY);
    this.#bytes = fstatSync(this.#fd).size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws VaultError WRITE_FAILED, and leaves the file as it was. */
  append(line: Buffer): void {
    try {
      let written = 0;
      while (written < line.length) written += writeSync(this.#fd, line, written);
    } catch (error) {
      ftruncateSync(this.#fd, this.#bytes);
      throw notWritten(error);
    }
    this.#bytes += line.length;
  }

  /** Resolves when everything that was appended before is on disk. Throws VaultError WRITE_FAILED. */
  async flush(): Promise<void> {
    const flushed = flushToDisk(this.#fd);
    this.#flushing = Promise.allSettled([this.#flushing, flushed]);
    try {
      await flushed;
    } catch (error) {
      throw notWritten(error);
    }
  }

  /** Flushes for the last time and closes, after everybody who waits for a flush. */
  async retire(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#flushing;
      closeSync(this.#fd);
    }
  }
}

function notWritten(cause: unknown): VaultError {
  return new VaultError('WRITE_FAILED', 'the journal of the vault could not be written, so nothing was answered', {
    fix: 'free space on the disk of the data folder, then try again',
    cause,
  });
}
