/**
 * Values for a while, bounded, with one request under way for each: what many ask at once is asked once.
 *
 * While nobody can be reached, a value goes on serving beyond its time: an outage of the secrets must not become one of
 * everything that reads them. A refusal is an answer and ends that.
 */

import type { Clock } from '../../ports/clock.ts';
import { SecretAccessError, type SecretValue } from '../../ports/secrets.ts';

interface Entry {
  readonly value: SecretValue;
  readonly fetchedMs: number;
  readonly untilMs: number;
}

/** Longer than any trading day. */
const OUTAGE_MS_MAX = 12 * 3_600_000;
/** In an outage nobody waits for a refusal more often than this. */
const OUTAGE_RETRY_MS = 5_000;

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
    const fetched = this.#flights.get(key)?.promise ?? this.#fly(key, load, false);
    return entry === undefined ? fetched : fetched.catch((error: unknown) => this.#outlive(key, entry, error));
  }

  /** Joins another refetch, but no earlier request: its answer may be the value that was refused. */
  refetch(key: string, load: Load): Promise<SecretValue> {
    const flight = this.#flights.get(key);
    return flight?.isFresh ? flight.promise : this.#fly(key, load, true);
  }

  /** What is on its way is older than the reason for this, and not kept either. */
  drop(key: string): void {
    this.#entries.delete(key);
    this.#flights.delete(key);
  }

  #outlive(key: string, entry: Entry, error: unknown): SecretValue {
    const { clock, ttlMs } = this.#options;
    const nowMs = clock.nowMs();
    const isOutage = error instanceof SecretAccessError && error.retryable;
    if (!isOutage || nowMs - entry.fetchedMs > OUTAGE_MS_MAX) throw error;
    const isNewest = this.#entries.get(key) === entry;
    if (isNewest) this.#entries.set(key, { ...entry, untilMs: nowMs + Math.min(ttlMs, OUTAGE_RETRY_MS) });
    return entry.value;
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
    const fetchedMs = clock.nowMs();
    this.#entries.set(key, { value, fetchedMs, untilMs: fetchedMs + ttlMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > entriesMax && oldest !== undefined) this.#entries.delete(oldest);
  }
}
