/**
 * Whose entry is judged first in a minute, where not all of them can fit under leverage, VaR or the order rate.
 *
 * Ascending by the counter hash of seed, session, minute and symbol, so that no symbol is favoured for its name and a
 * run repeats; ties by symbol. Ruling: docs/decisions/0002-trading-semantics.md
 */

import { counterHash, type CounterMinute, symbolHash } from '../policy/counter-hash.ts';

export class EntryTurns {
  readonly #hashes: readonly number[];
  readonly #turns: Uint32Array;

  /** `symbols` byte-sorted. */
  constructor(symbols: readonly string[]) {
    this.#hashes = symbols.map(symbolHash);
    this.#turns = new Uint32Array(symbols.length);
  }

  /** Sorts indices of symbols, given in their own order, into the order of their turns. */
  sort(entrants: number[], minute: CounterMinute): void {
    if (entrants.length < 2) return;
    for (const s of entrants) this.#turns[s] = counterHash(minute, this.#hashes[s]!);
    entrants.sort((one, other) => this.#turns[one]! - this.#turns[other]! || one - other);
  }
}
