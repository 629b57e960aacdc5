/**
 * Everything that goes wrong in a disturbed run, drawn from one seed: a run that failed can be played again.
 */

import { MemoryDatabaseError } from '../memory/constraints.ts';
import { QueueError } from '../../../shared/adapters/sqs/queue-error.ts';
import { RunnerError } from '../../../shared/ports/runner.ts';
import { seededRandom } from '../core/seeded-random.ts';

/** Shares of the occasions at which something goes wrong, 0 to 1. */
export interface TroubleRates {
  readonly kill: number;
  readonly database: number;
  readonly queue: number;
  readonly runner: number;
  /** Messages that are delivered again, at once or many messages later. */
  readonly duplicate: number;
  /** Steps that take a turn of the event loop or two, so that others overtake. */
  readonly delay: number;
}

export const NO_TROUBLE: TroubleRates = { kill: 0, database: 0, queue: 0, runner: 0, duplicate: 0, delay: 0 };

const LATE_SENDS_MAX = 60;
const TURNS_MAX = 3;
/** A process that dies at every other step gets nowhere, so a run has this many deaths at most. */
const KILLS_MAX = 40;

export class Trouble {
  /** What happened, in order. */
  readonly log: string[] = [];
  readonly #rates: TroubleRates;
  readonly #random: () => number;
  #kills = 0;

  constructor(rates: TroubleRates, seed: number) {
    this.#rates = rates;
    this.#random = seededRandom(seed);
  }

  killsNow(step: string): boolean {
    if (this.#kills >= KILLS_MAX || !this.#strikes('kill', step)) return false;
    this.#kills += 1;
    return true;
  }

  /** `at` is where in the transaction: before its work, instead of its commit, after a commit that is not heard of. */
  failDatabase(at: 'begin' | 'commit' | 'committed'): void {
    if (!this.#strikes('database', at)) return;
    throw new MemoryDatabaseError(`the connection broke (${at})`, { code: '57P01', retryable: true });
  }

  failQueue(queueName: string): void {
    if (!this.#strikes('queue', queueName)) return;
    throw new QueueError('the queue is away', { code: 'ECONNRESET', retryable: true, queueName });
  }

  failRunner(): void {
    if (!this.#strikes('runner', 'act')) return;
    throw new RunnerError('RUNNER_UNREACHABLE', 'the runner is away', { retryable: true });
  }

  comesAgainAfter(): number | null {
    return this.#strikes('duplicate', 'delivery') ? Math.floor(this.#random() * LATE_SENDS_MAX) : null;
  }

  /** Turns of the event loop to wait. */
  turns(): number {
    return this.#strikes('delay', 'step') ? 1 + Math.floor(this.#random() * TURNS_MAX) : 0;
  }

  #strikes(kind: keyof TroubleRates, where: string): boolean {
    if (this.#rates[kind] === 0 || this.#random() >= this.#rates[kind]) return false;
    this.log.push(`${kind} ${where}`);
    return true;
  }
}
