/**
 * Checks an invariant after every minute of many random runs, beside a naive bookkeeping of the same run.
 */

import { type Action, BUY, HOLD, SELL } from '../../../shared/domain/policy/actions.ts';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { BacktestInput } from '../../../shared/domain/run/backtest.ts';
import { NaiveBook } from './core-book.ts';
import { anyRun } from './core-markets.ts';
import { type RunMinute, stagedRun } from './core-run.ts';
import { seededRandom } from './seeded-random.ts';

/** What is wrong with a minute that has been settled and decided, its own orders not yet in the book. */
export type Invariant = (minute: RunMinute, book: NaiveBook, input: BacktestInput) => readonly unknown[];

/** The smallest run that breaks the invariant, as text; null where none was found. */
export function broken(invariant: Invariant, numRuns = 60): string | null {
  const property = fc.property(anyRun, fc.boolean(), (input, isEager) => {
    const wrong = firstWrong(invariant, input, isEager);
    if (wrong !== null) throw new Error(wrong);
  });
  const details = fc.check(property, { numRuns });
  return fc.defaultReportMessage(details) ?? null;
}

/** Empty where both are deeply equal. */
export function differing(what: string, actual: unknown, expected: unknown): readonly unknown[] {
  return isDeepStrictEqual(actual, expected) ? [] : [{ what, actual, expected }];
}

/** Empty where the condition holds. */
export function unless(isSo: boolean, what: string, about: unknown): readonly unknown[] {
  return isSo ? [] : [{ what, about }];
}

function firstWrong(invariant: Invariant, input: BacktestInput, isEager: boolean): string | null {
  const { config } = input;
  const book = new NaiveBook(config.symbols, config.accountUsdE4);
  const choose = eager(config.seed, config.symbols.length);
  let before: RunMinute | null = null;
  for (const minute of stagedRun(input, isEager ? { choose } : {}).minutes) {
    const isRearmed = minute.minuteIndex === 0 && before?.decision.state === 'HALTED' && config.rearm === 'session';
    if (isRearmed) book.rearm();
    book.settle(minute);
    const wrong = invariant(minute, book, input);
    if (wrong.length > 0) return `${minute.session.date} minute ${minute.minuteIndex}: ${JSON.stringify(wrong)}`;
    for (const order of minute.decision.orders) book.approve(order);
    for (const orderRef of minute.decision.cancels) book.closed.add(orderRef);
    before = minute;
  }
  return null;
}

/** Actions that hold for a while and like to buy: more entries and exposure than the built-in policies give. */
function eager(seed: number, symbolCount: number): () => Action[] {
  const random = seededRandom(seed);
  const next = (): Action => (random() < 0.5 ? BUY : random() < 0.7 ? HOLD : SELL);
  return () => Array.from({ length: symbolCount }, next);
}
