/**
 * The orders of a run for a person to read: one JSON line per order and cancel in `orders/<run>.jsonl` of the data
 * folder, each written once, whatever crashes in between.
 */

import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instructions } from '../shared/ports/broker.ts';

export class OrderLog {
  readonly #path: string;
  readonly #written: Set<string>;
  /** A crash may have left half a line; it must not swallow the next one. */
  #isCut: boolean;

  constructor(dataDir: string, runId: string) {
    const folder = join(dataDir, 'orders');
    this.#path = join(folder, `${runId}.jsonl`);
    mkdirSync(folder, { recursive: true });
    const text = readIfThere(this.#path);
    const lines = text.split('\n');
    this.#isCut = lines.at(-1) !== '';
    this.#written = new Set(lines.slice(0, -1));
  }

  /** Writes what the file does not hold yet. */
  append({ orders, cancels }: Instructions): void {
    const entries = [...cancels.map((orderRef) => ({ cancel: orderRef })), ...orders.map((order) => ({ order }))];
    const fresh = entries.map((entry) => JSON.stringify(entry)).filter((line) => !this.#written.has(line));
    if (fresh.length === 0) return;
    appendFileSync(this.#path, `${this.#isCut ? '\n' : ''}${fresh.join('\n')}\n`);
    this.#isCut = false;
    for (const line of fresh) this.#written.add(line);
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
