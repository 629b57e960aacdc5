/**
 * The sums of a run: orders apart from stops, denials apart from reductions, money in dollars.
 */

import { describe, expect, it } from 'vitest';
import { type Verdict, verdictClass, VERDICTS } from '../../../../../shared/domain/risk/types.ts';
import { type RunMoney, RunTally } from '../../../../../shared/domain/run/run-tally.ts';
import { entryOrder, exitOrder, stopOrder } from '../../../../support/core/core.ts';

const MONEY: RunMoney = {
  openingE4: 25_000_000,
  equityE4: 24_990_000,
  feesE4: 7_500,
  maxDrawdownE4: 123_456,
  maxLimitDrawdownE4: 100_000,
  rearms: 0,
};

function summaryOf(tally: RunTally, money: Partial<RunMoney> = {}) {
  const ledger = { ledgerVersion: 'JL2', ledgerHash: 'hash' };
  return tally.summary({ symbols: ['AAPL'], bars: 3, money: { ...MONEY, ...money }, ...ledger });
}

function decided(...verdicts: Verdict[]) {
  return { eventMs: 0, causes: [], verdicts: Uint8Array.from(verdicts, (verdict) => VERDICTS.indexOf(verdict)) };
}

describe('a tally', () => {
  it('counts stops apart from entries and exits', () => {
    const tally = new RunTally();
    for (const order of [entryOrder(), stopOrder(entryOrder()), exitOrder()]) tally.order(order);
    expect(summaryOf(tally)).toMatchObject({ orders: 2, stops: 1 });
  });

  it('counts denials and reductions by code, and neither approvals nor exits', () => {
    const tally = new RunTally();
    tally.decision(decided('NONE', 'APPROVED', 'REDUCED_NOTIONAL', 'DATA_MISSING'));
    tally.decision(decided('EXIT', 'FLATTEN_CLOSE', 'EXIT_WORKING', 'DATA_MISSING'));
    tally.decision(decided('VAR_NO_HISTORY', 'ENTRY_CANCELLED', 'NONE', 'NONE'));
    expect(summaryOf(tally)).toMatchObject({
      decisions: 3,
      denials: { DATA_MISSING: 2, VAR_NO_HISTORY: 1 },
      reductions: { REDUCED_NOTIONAL: 1 },
    });
  });

  it('tells P&L before fees from P&L after them', () => {
    expect(summaryOf(new RunTally())).toMatchObject({
      grossPnlUsd: -0.25,
      feesUsd: 0.75,
      netPnlUsd: -1,
      equityUsd: 2_499,
      drawdownUsd: 12.3456,
      maxDrawdownUsd: 12.3456,
      limitDrawdownUsd: 10,
    });
  });

  it('names sessions as dates', () => {
    const tally = new RunTally();
    tally.session(20250103);
    tally.session(20251224);
    expect(summaryOf(tally)).toMatchObject({ sessions: ['2025-01-03', '2025-12-24'], halts: [], haltedAt: null });
  });
});

describe('the class of a verdict', () => {
  it.each<[string, Verdict[]]>([
    ['none', ['NONE']],
    ['approved', ['APPROVED']],
    ['reduced', VERDICTS.filter((verdict) => verdict.startsWith('REDUCED_'))],
    [
      'exit',
      [
        'EXIT',
        'FLATTEN_CLOSE',
        'FLATTEN_DAILY_LOSS',
        'FLATTEN_DRAWDOWN',
        'FLATTEN_OPERATOR',
        'ENTRY_CANCELLED',
        'EXIT_WORKING',
        'FLATTEN_AUDIT',
        'CARRIED_POSITION',
        'SHORT_NOT_ALLOWED',
      ],
    ],
  ])('is %s for these and no others', (name, verdicts) => {
    expect(VERDICTS.filter((verdict) => verdictClass(verdict) === name)).toEqual(verdicts);
  });

  it('is denied for the rest', () => {
    expect(VERDICTS.filter((verdict) => verdictClass(verdict) === 'denied')).toHaveLength(VERDICTS.length - 16);
  });
});
