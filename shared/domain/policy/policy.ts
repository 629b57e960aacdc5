/**
 * What a policy is, and what it is asked: one function of one input, wherever it runs.
 *
 * Backtest and RL environment hand over the views of their own stages; the runner makes the same input of what travelled.
 */

import type { CloseWindow } from './close-window.ts';

export interface PolicyMinute {
  readonly session: number;
  readonly minuteIndex: number;
  /** Length of the session in minutes. */
  readonly minutes: number;
  readonly seed: number;
}

/** Views: the next minute overwrites what they show. */
export interface PolicyInput extends PolicyMinute {
  /** Byte-sorted. */
  readonly symbols: readonly string[];
  /** The last 30 present closes of the session per symbol. */
  readonly closes: CloseWindow;
  /** Row-major [symbols x 11 features, then one position per symbol]; zeros where the policy does not read it. */
  readonly observation: ArrayLike<number>;
  /** True when every feature has its full window. */
  readonly ready: boolean;
  /** Shares held per symbol. */
  readonly positions: ArrayLike<number>;
}

export interface Policy {
  readonly name: string;
  /** Of what decides, such as a file or a model; null for a built-in policy, whose name says it all. */
  readonly sha256: string | null;
  readonly parameters: Readonly<Record<string, number>>;
  /** False spares a backtest the features. */
  readonly readsObservation: boolean;
  /** Writes one action per symbol: SELL, HOLD or BUY. A pure function of the input. */
  decide(input: PolicyInput, actions: Uint8Array): void;
}
