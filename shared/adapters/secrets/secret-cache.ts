/**
 * Values for a while, bounded, with one request under way for each: what many ask at once is asked once.
 */

import type { Clock } from '../../ports/clock.ts';
import type { SecretValue } from '../../ports/secrets.ts';

interface Entry {
  readonly value: SecretValue;
  readonly untilMs: number;
}

export interface SecretCacheOptions {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly ttlMs: number;
  readonly entriesMax: number;
}

type Load = () => Promise<SecretValue>;

export class SecretCache {
  readonly #options: SecretCacheOptions;
  readonly #entries = new Map<string, Entry>();
  /** The latest request for each key; an older one that ends later changes nothing. */
  readonly #flights = new Map<string, { readonly promise: Promise<SecretValue>; readonly isFresh: boolean }>();

  constructor(options: SecretCacheOptions) {
    this.#options = options;
  }

  get(key: string, load: Load): Promise<SecretValue> {
    const entry = this.#entries.get(key);
    if (entry !== undefined && this.#options.clock.nowMs() < entry.untilMs) return Promise.resolve(entry.value);
    return this.#flights.get(key)?.promise ?? this.#fly(key, load, false);
  }

  /** Joins another refetch, but no request of before: its answer may be the value that was refused. */
  refetch(key: string, load: Load): Promise<SecretValue> {
    const flight = this.#flights.get(key);
    return flight?.isFresh ? flight.promise : this.#fly(key, load, true);
  }

  drop(key: string): void {
    this.#entries.delete(key);
  }

  #fly(key: string, load: Load, isFresh: boolean): Promise<SecretValue> {
    const promise = load().then(
      (value) => {
        if (this.#land(key, promise)) this.#keep(key, value);
        return value;
      },
      (error: unknown) => {
        this.#land(key, promise);
        throw error;
      },
    );
    this.#flights.set(key, { promise, isFresh });
    return promise;
  }

  /** True for the latest request. */
  #land(key: string, promise: Promise<SecretValue>): boolean {
    if (this.#flights.get(key)?.promise !== promise) return false;
    return this.#flights.delete(key);
  }

  #keep(key: string, value: SecretValue): void {
    const { clock, ttlMs, entriesMax } = this.#options;
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs: clock.nowMs() + ttlMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > entriesMax && oldest !== undefined) this.#entries.delete(oldest);
  }
}
