/**
 * What holds after every minute of any run: bookkeeping reconstructs from fills, bad bars never trade, closes are flat.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BacktestInput } from '../../../../shared/domain/backtest.ts';
import { PRESENT } from '../../../../shared/domain/market/frame.ts';
import { verdictClass } from '../../../../shared/domain/risk/types.ts';
import { costE4, NaiveBook } from '../../../support/core-book.ts';
import { anyRun } from '../../../support/core-markets.ts';
import { type RunMinute, stagedRun } from '../../../support/core-run.ts';

/** Calls `check` for every minute after its settlement, before its orders count. */
function forEveryMinute(check: (minute: RunMinute, book: NaiveBook, input: BacktestInput) => void): void {
  fc.assert(
    fc.property(anyRun, (input) => {
      const book = new NaiveBook(input.config.symbols, input.config.accountUsdE4);
      for (const minute of stagedRun(input).minutes) {
        book.settle(minute);
        check(minute, book, input);
        for (const order of minute.decision.orders) book.approve(order);
        for (const orderRef of minute.decision.cancels) book.closed.add(orderRef);
      }
    }),
    { numRuns: 60 },
  );
}

describe('every minute of any run', () => {
  it('holds positions that are the sum of the fills, and equity that reconstructs from fills and marks', () => {
    forEveryMinute(({ risk, decision }, book) => {
      expect(risk.account.positions.map(({ quantity }) => quantity)).toEqual(book.quantity);
      expect(risk.account.cashE4).toBe(book.cashE4);
      expect(decision.equityE4).toBe(book.equityE4());
    });
  });

  it('accounts for the change of equity as realised plus unrealised minus fees', () => {
    forEveryMinute(({ risk }, book, { config }) => {
      const { account } = risk;
      const unrealizedE4 = account.positions.reduce(
        (sum, { quantity, markE4, investedE4 }) => sum + quantity * markE4 - investedE4,
        0,
      );
      const changeE4 = book.equityE4() - config.accountUsdE4;
      expect(account.realizedE4 + unrealizedE4 - account.feesE4).toBe(changeE4);
    });
  });

  it('enters nothing on a bar that is missing or refused, and fills nothing on it but the close of the session', () => {
    forEveryMinute(({ status, decision, report }, _book, { config }) => {
      config.symbols.forEach((symbol, s) => {
        if (status[s] === PRESENT) return;
        const entries = decision.orders.filter((order) => order.symbol === symbol && order.kind !== 'EXIT');
        const fills = report.fills.filter((each) => each.symbol === symbol && each.code !== 'SESSION_END');
        expect({ entries, fills }).toEqual({ entries: [], fills: [] });
      });
    });
  });

  it('fills only what was approved before it, and never more than that', () => {
    forEveryMinute(({ report }, book) => {
      for (const each of report.fills) {
        const order = book.orders.get(each.orderRef)!;
        expect(order).toMatchObject({ symbol: each.symbol, side: each.side });
        expect(order.eventMs).toBeLessThanOrEqual(each.eventMs);
        expect(book.remaining(order)).toBeGreaterThanOrEqual(0);
        if (order.kind === 'ENTRY') {
          expect(each.priceE4).toBeLessThanOrEqual(order.limitPriceE4);
          expect(each.minuteIndex).toBe(order.minuteIndex + 1);
        }
      }
    });
  });

  it('takes at most a tenth of a bar’s volume, whatever the volume claims to be', () => {
    forEveryMinute(({ report, volumes }, _book, { config }) => {
      config.symbols.forEach((symbol, s) => {
        const taken = report.fills.filter((each) => each.symbol === symbol && each.code !== 'SESSION_END');
        const quantity = taken.reduce((sum, each) => sum + each.quantity, 0);
        if (quantity > 0) expect(quantity).toBeLessThanOrEqual(volumes[s]! / 10);
      });
    });
  });

  it('has one order at most of a decision and symbol, beside the stop of an entry', () => {
    forEveryMinute(({ decision }, _book, { config }) => {
      for (const symbol of config.symbols) {
        const kinds = decision.orders.filter((order) => order.symbol === symbol).map(({ kind }) => kind);
        expect([[], ['EXIT'], ['ENTRY', 'STOP']]).toContainEqual(kinds);
      }
    });
  });

  it('names in its verdicts exactly the orders it sends', () => {
    forEveryMinute(({ decision }) => {
      for (const { symbol, verdict, quantity } of decision.symbols) {
        const order = decision.orders.find((each) => each.symbol === symbol && each.kind !== 'STOP');
        expect(quantity).toBe(order?.quantity ?? 0);
        const isEntry = ['approval', 'reduction'].includes(verdictClass(verdict));
        expect(isEntry).toBe(order?.kind === 'ENTRY');
        if (verdictClass(verdict) === 'denial') expect(order).toBeUndefined();
      }
    });
  });

  it('leaves reductions and denials with limit, value and what would pass', () => {
    forEveryMinute(({ decision }) => {
      for (const { verdict, detail } of decision.symbols) {
        if (['reduction', 'denial'].includes(verdictClass(verdict))) expect(detail).not.toBeNull();
      }
    });
  });

  it('is flat and without working orders after the last of its session', () => {
    forEveryMinute(({ minuteIndex, minutes, risk }, book) => {
      if (minuteIndex < minutes - 1) return;
      expect(book.quantity.every((quantity) => quantity === 0)).toBe(true);
      expect(risk.equityE4).toBe(book.cashE4);
      expect(risk.orders.symbols.every(({ entry, exit, stop }) => !entry && !exit && !stop)).toBe(true);
    });
  });

  it('charges fees in whole parts of 1e-4 USD, none of them negative', () => {
    forEveryMinute(({ report }) => {
      for (const each of report.fills) {
        for (const partE4 of Object.values(each.fees)) expect(partE4).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(costE4(each))).toBe(true);
      }
    });
  });
});
