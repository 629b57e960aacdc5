/**
 * What holds after every minute of any run: bookkeeping reconstructs from fills, bad bars never trade, closes are flat.
 */

import { describe, expect, it } from 'vitest';
import type { Fill } from '../../../../shared/domain/orders/types.ts';
import { PRESENT } from '../../../../shared/domain/market/frame.ts';
import { verdictClass } from '../../../../shared/domain/risk/types.ts';
import type { NaiveBook } from '../../../support/core/core-book.ts';
import { broken, differing, unless } from '../../../support/core/core-invariants.ts';

function sharesOf(fills: readonly Fill[]): number {
  return fills.reduce((sum, { quantity }) => sum + quantity, 0);
}

function misfitsOf(each: Fill, book: NaiveBook): readonly unknown[] {
  const order = book.orders.get(each.orderRef);
  if (order === undefined) return [{ what: 'a fill without an approval', each }];
  const isEntry = order.kind === 'ENTRY';
  return [
    ...differing('symbol and side', [each.symbol, each.side], [order.symbol, order.side]),
    ...unless(order.eventMs <= each.eventMs, 'a fill comes after its approval', each),
    ...unless(book.remaining(order) >= 0, 'an order fills no more than itself', each),
    ...unless(!isEntry || each.priceE4 <= order.limitPriceE4, 'an entry fills within its limit', each),
    ...unless(!isEntry || each.minuteIndex === order.minuteIndex + 1, 'an entry lives for one minute', each),
  ];
}

describe('every minute of any run', () => {
  it('holds positions that are the sum of the fills, and equity that reconstructs from fills and marks', () => {
    const report = broken(({ risk, decision }, book) => {
      const quantities = risk.account.positions.map(({ quantity }) => quantity);
      return [
        ...differing('positions', quantities, book.quantity),
        ...differing('cash', risk.account.cashE4, book.cashE4),
        ...differing('equity', decision.equityE4, book.equityE4()),
      ];
    });
    expect(report).toBeNull();
  });

  it('accounts for the change of equity as realised plus unrealised minus fees', () => {
    const report = broken(({ risk: { account } }, book, { config }) => {
      const gains = account.positions.map(({ quantity, markE4, investedE4 }) => quantity * markE4 - investedE4);
      const unrealizedE4 = gains.reduce((sum, gain) => sum + gain, 0);
      const changeE4 = book.equityE4() - config.accountUsdE4;
      return differing('change of equity', account.realizedE4 + unrealizedE4 - account.feesE4, changeE4);
    });
    expect(report).toBeNull();
  });

  it('enters nothing on a bar that is missing or refused, and fills nothing on it but the close of the session', () => {
    const report = broken(({ status, decision, report: { fills } }, _book, { config }) =>
      config.symbols.flatMap((symbol, s) => {
        if (status[s] === PRESENT) return [];
        const entries = decision.orders.filter((order) => order.symbol === symbol && order.kind !== 'EXIT');
        const made = fills.filter((each) => each.symbol === symbol && each.code !== 'SESSION_END');
        return differing('trades on a bad bar', { entries, made }, { entries: [], made: [] });
      }),
    );
    expect(report).toBeNull();
  });

  it('fills only what was approved before it, and never more than that', () => {
    const report = broken((minute, book) => minute.report.fills.flatMap((each) => misfitsOf(each, book)));
    expect(report).toBeNull();
  });

  it('takes at most a tenth of the volume of a bar, whatever the volume claims to be', () => {
    const report = broken((minute, _book, { config }) =>
      config.symbols.flatMap((symbol, s) => {
        const taken = minute.report.fills.filter((each) => each.symbol === symbol && each.code !== 'SESSION_END');
        const volume = minute.volumes[s]!;
        return unless(taken.length === 0 || sharesOf(taken) <= volume / 10, 'a tenth', { taken, volume });
      }),
    );
    expect(report).toBeNull();
  });

  it('has one order at most of a decision and symbol, beside the stop of an entry', () => {
    const report = broken(({ decision }, _book, { config }) =>
      config.symbols.flatMap((symbol) => {
        const kinds = decision.orders.filter((order) => order.symbol === symbol).map(({ kind }) => kind);
        return unless(['', 'EXIT', 'ENTRY,STOP'].includes(kinds.join(',')), 'orders of one symbol', kinds);
      }),
    );
    expect(report).toBeNull();
  });

  it('names in its verdicts exactly the orders it sends', () => {
    const report = broken(({ decision }) =>
      decision.symbols.flatMap(({ symbol, verdict, quantity }) => {
        const order = decision.orders.find((each) => each.symbol === symbol && each.kind !== 'STOP');
        const isEntry = ['approved', 'reduced'].includes(verdictClass(verdict));
        return [
          ...differing(`shares under ${verdict}`, quantity, order?.quantity ?? 0),
          ...differing(`an entry under ${verdict}`, order?.kind === 'ENTRY', isEntry),
        ];
      }),
    );
    expect(report).toBeNull();
  });

  it('explains each reduction and denial by limit, value and what would pass', () => {
    const report = broken(({ decision }) =>
      decision.symbols.filter(
        ({ verdict, detail }) => ['reduced', 'denied'].includes(verdictClass(verdict)) && detail === null,
      ),
    );
    expect(report).toBeNull();
  });

  it('is flat and without working orders after the last of its session', () => {
    const report = broken(({ minuteIndex, minutes, risk }, book) => {
      if (minuteIndex < minutes - 1) return [];
      return [
        ...unless(
          book.quantity.every((quantity) => quantity === 0),
          'flat',
          book.quantity,
        ),
        ...differing('equity', risk.equityE4, book.cashE4),
        ...risk.orders.symbols.filter(({ entry, exit, stop }) => entry !== null || exit !== null || stop !== null),
      ];
    });
    expect(report).toBeNull();
  });

  it('charges fees in whole parts of 1e-4 USD, none of them negative', () => {
    const report = broken((minute) =>
      minute.report.fills.filter(({ fees }) =>
        Object.values(fees).some((partE4: number) => !Number.isSafeInteger(partE4) || partE4 < 0),
      ),
    );
    expect(report).toBeNull();
  });
});
