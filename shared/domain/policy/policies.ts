/**
 * The built-in policies: pure functions of the policy input, asked by backtest and gpu-runner alike.
 *
 * `rule`: at the close of minute i BUY when the mean of the last 10 closes is above the mean of the last 30 and
 * 29 ≤ i ≤ L−3, else SELL; tested in integers as 3·S10 > S30. `random`: a counter hash of seed, session, minute and
 * symbol, so that it has no generator state. `hold`: never trades.
 */

import { BUY, HOLD, SELL, type Action } from '../risk/types.ts';
import type { PolicyName } from '../run-config.ts';
import { WINDOW_CLOSES } from './close-window.ts';

const SHORT_CLOSES = 10;

export interface PolicyMinute {
  readonly session: number;
  readonly minuteIndex: number;
  /** Length of the session in minutes. */
  readonly minutes: number;
  readonly seed: number;
}

/** Closes of one symbol inside a larger buffer: `count` of them from `start`, oldest first, 1e-4 USD. */
export interface ClosesView {
  readonly closesE4: ArrayLike<number>;
  readonly start: number;
  readonly count: number;
}

/** What POST /v1/act carries, and what every policy is a pure function of. */
export interface PolicyInput extends PolicyMinute {
  readonly symbols: readonly string[];
  readonly closesE4: readonly (readonly number[])[];
  readonly observation: readonly number[];
  readonly ready: boolean;
  readonly positions: readonly number[];
}

/** One action per symbol, in the order of `input.symbols`. */
export function decideActions(policy: PolicyName, input: PolicyInput): Action[] {
  return input.symbols.map((symbol, s) => {
    const closesE4 = input.closesE4[s] ?? [];
    if (policy === 'hold') return HOLD;
    if (policy === 'random') return randomAction(input, symbolHash(symbol));
    return ruleAction(input, closesE4, 0, closesE4.length);
  });
}

/** Positional arguments: this runs once per symbol and minute of every backtest. */
export function ruleAction(minute: PolicyMinute, closesE4: ArrayLike<number>, start: number, count: number): Action {
  const i = minute.minuteIndex;
  if (count < WINDOW_CLOSES || i < WINDOW_CLOSES - 1 || i > minute.minutes - 3) return SELL;
  let older = 0;
  let recent = 0;
  const middle = start + WINDOW_CLOSES - SHORT_CLOSES;
  const end = start + WINDOW_CLOSES;
  for (let at = start; at < middle; at++) older += closesE4[at]!;
  for (let at = middle; at < end; at++) recent += closesE4[at]!;
  return 3 * recent > older + recent ? BUY : SELL;
}

export function randomAction(minute: PolicyMinute, hashOfSymbol: number): Action {
  let hash = mix(minute.seed ^ 0x9e37_79b9);
  hash = mix(hash ^ minute.session);
  hash = mix(hash ^ minute.minuteIndex);
  hash = mix(hash ^ hashOfSymbol);
  return (hash % 3) as Action;
}

/** FNV-1a over the symbol's characters. */
export function symbolHash(symbol: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < symbol.length; at++) hash = Math.imul(hash ^ symbol.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

/** The 32-bit finaliser of MurmurHash3. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
