/**
 * The orders of a run for a person to read: one JSON line per order and cancel in `orders/<run>.jsonl` of the data
 * folder, each written once, whatever crashes in between.
 */

import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instructions } from '../../shared/ports/broker.ts';

interface Entry {
  /** The same however the line is spelled. */
  readonly key: string;
  readonly line: string;
}

export class OrderLog {
  readonly #path: string;
  readonly #written: Set<string>;
  /** A crash may have left half a line; it must not swallow the next one. */
  #isCut: boolean;

  constructor(dataDir: string, runId: string) {
    const folder = join(dataDir, 'orders');
    this.#path = join(folder, `${runId}.jsonl`);
    mkdirSync(folder, { recursive: true });
    const lines = readIfThere(this.#path).split('\n');
    this.#isCut = lines.at(-1) !== '';
    this.#written = new Set(lines.map(keyOf));
  }

  /** Writes what the file does not hold yet. */
  append(instructions: Instructions): void {
    const fresh = entriesOf(instructions).filter(({ key }) => !this.#written.has(key));
    if (fresh.length === 0) return;
    appendFileSync(this.#path, `${this.#isCut ? '\n' : ''}${fresh.map(({ line }) => line).join('\n')}\n`);
    this.#isCut = false;
    for (const { key } of fresh) this.#written.add(key);
  }
}

function entriesOf({ orders, cancels }: Instructions): Entry[] {
  return [
    ...cancels.map((orderRef) => ({ key: `cancel ${orderRef}`, line: JSON.stringify({ cancel: orderRef }) })),
    ...orders.map((order) => ({ key: `order ${order.orderRef}`, line: JSON.stringify({ order }) })),
  ];
}

/** A line that a crash cut is nobody's: what it was about is written again. */
function keyOf(line: string): string {
  try {
    const { order, cancel } = JSON.parse(line) as { order?: { orderRef: string }; cancel?: string };
    return order === undefined ? `cancel ${cancel}` : `order ${order.orderRef}`;
  } catch (error) {
    if (error instanceof SyntaxError) return line;
    throw error;
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
