/**
 * The built-in policies: pure functions of the policy input, asked by backtest and gpu-runner alike.
 *
 * `rule`: at the close of minute i BUY when the mean of the last 10 closes is above the mean of the last 30 and
 * 29 ≤ i ≤ L−3, else SELL; tested in integers as 3·S10 > S30. `random`: a counter hash of seed, session, minute and
 * symbol, so that it has no generator state. `hold`: never trades.
 */

import { type Action, BUY, HOLD, lastEntryMinute, SELL } from './actions.ts';
import type { PolicyName } from '../run/run-config.ts';
import { RECENT_CLOSES, WINDOW_CLOSES } from './close-window.ts';

export interface PolicyMinute {
  readonly session: number;
  readonly minuteIndex: number;
  /** Length of the session in minutes. */
  readonly minutes: number;
  readonly seed: number;
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
    return ruleAction(input, closesE4);
  });
}

/** Closes of one symbol, oldest first. */
function ruleAction(minute: PolicyMinute, closesE4: readonly number[]): Action {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return ruleBySums(minute, closesE4.length, sum(closesE4.slice(-RECENT_CLOSES)), sum(closesE4));
}

/** The rule on sums that somebody has kept: positional, since it runs once per symbol and minute of every backtest. */
export function ruleBySums(minute: PolicyMinute, count: number, recentSumE4: number, sumE4: number): Action {
  const i = minute.minuteIndex;
  if (count < WINDOW_CLOSES || i < WINDOW_CLOSES - 1 || i > lastEntryMinute(minute.minutes)) return SELL;
  return 3 * recentSumE4 > sumE4 ? BUY : SELL;
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
