/**
 * The generations of the key-encryption key that an open vault holds, each opened once.
 */

import { type OpenGeneration, openGeneration } from './envelope.ts';
import { altered } from './errors.ts';
import type { VaultState } from './state.ts';

export class Generations {
  readonly #state: VaultState;
  readonly #rootKey: Uint8Array;
  readonly #open = new Map<number, OpenGeneration>();

  constructor(state: VaultState, rootKey: Uint8Array) {
    this.#state = state;
    this.#rootKey = rootKey;
  }

  /** New values are sealed under it. */
  newest(): OpenGeneration {
    return this.get(Math.max(...this.#state.generations.keys()));
  }

  /** Throws VaultError ALTERED. */
  get(id: number): OpenGeneration {
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const generation = this.#state.generations.get(id);
    const opened = generation === undefined ? null : openGeneration(generation, this.#rootKey);
    if (opened === null) throw altered(`generation ${id} of the vault's key`);
    this.#open.set(id, opened);
    return opened;
  }

  forget(id: number): void {
    this.#open.delete(id);
  }
}
