/**
 * The status of a stack: which parts are up, what it waits for, which run it carries. Asked by the live page.
 */

import type { RunConfig } from '../domain/run/run-config.ts';

export type PartState = 'up' | 'starting' | 'down' | 'finished';

export interface PartStatus {
  /** The process or part: `gateway`, `database`. */
  readonly name: string;
  readonly state: PartState;
  /** One short sentence, or empty. */
  readonly detail: string;
}

/** How fast minutes come: `factor` times real time, as fast as possible, or with the wall clock. */
export type PaceConfig =
  | { readonly kind: 'max' }
  | { readonly kind: 'speed'; readonly factor: number }
  | { readonly kind: 'realtime' };

/** What an operator has to know beside the state of trading, in one sentence. */
export interface StackNotice {
  readonly severity: 'reminder' | 'alarm';
  readonly text: string;
}

export interface StackStatus {
  readonly phase: 'starting' | 'running' | 'failed';
  /** What a starting or failed stack waits for, in plain words; empty when running. */
  readonly waitingFor: string;
  readonly kind: 'paper' | 'replay';
  readonly startedAtMs: number;
  readonly run: RunConfig;
  /** Where the bars come from, in plain words: `generated market`. */
  readonly source: string;
  readonly pace: PaceConfig;
  /** The last session of a source that ends; null: it goes on until stopped. */
  readonly lastSession: number | null;
  readonly parts: readonly PartStatus[];
  readonly notices: readonly StackNotice[];
}

/** There is no session yet to say anything of. */
export class NothingStoredError extends Error {
  override readonly name = 'NothingStoredError';

  constructor() {
    super('No session has been stored yet. The page keeps asking.');
  }
}
