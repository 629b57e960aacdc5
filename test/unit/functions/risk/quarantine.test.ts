/**
 * Risk: a minute whose signal is in quarantine gets its one decision, and an account that trades on rightly after it.
 */

import { describe, expect, it } from 'vitest';
import type { DecisionData } from '../../../../shared/contracts/decision.v2.ts';
import { fill } from '../../../support/core/core.ts';
import type { FunctionBench } from '../../../support/trading/function-bench.ts';
import { buySignal, parked, signal, symbolSignal } from '../../../support/trading/messages.ts';
import {
  BUYS,
  decide,
  events,
  holdFive,
  openRisk,
  say,
  stored,
  verdictOf,
} from '../../../support/trading/risk-bench.ts';

async function park(bench: FunctionBench, ...given: Parameters<typeof parked>): Promise<DecisionData> {
  expect(await bench.deliver(parked(...given))).toBe(true);
  return bench.lastAnswer<DecisionData>();
}

const decisions = ({ database }: FunctionBench) => database.tables.decisions.all();

describe('a minute whose signal is in quarantine', () => {
  it('is decided HOLD and QUARANTINED for every symbol, without orders', async () => {
    const bench = await openRisk();
    const { symbols, orders, cause, minuteIndex } = await park(bench);
    expect(symbols.map(({ symbol, action, verdict, quantity }) => [symbol, action, verdict, quantity])).toEqual([
      ['AAPL', 1, 'QUARANTINED', 0],
      ['MSFT', 1, 'QUARANTINED', 0],
    ]);
    expect({ orders, cause, minuteIndex }).toEqual({ orders: [], cause: 'minute', minuteIndex: 0 });
    expect(decisions(bench)).toMatchObject([{ cause: 'minute', signal: null }]);
    expect(events(bench)).toEqual(['MINUTE_QUARANTINED minute 1: parked in minutes.fifo, schema in data.bars']);
  });

  it('books its fills and marks its closes, so that the next minute decides on the account as it is', async () => {
    const bench = await openRisk();
    const { orders } = await decide(bench, BUYS);
    const bought = fill({ orderRef: orders[0]!.orderRef, quantity: 5, minuteIndex: 1 });
    const closed = [{ orderRef: orders[0]!.orderRef, reason: 'FILLED' as const }];
    const closes = [{ symbol: 'AAPL', closeE4: 1_010_000 }];
    await park(bench, { minuteIndex: 1, fills: [bought], closed, closes });
    expect(bench.database.tables.positions.all()).toMatchObject([
      { row: { symbol: 'AAPL', quantity: 5, markE4: 1_010_000 } },
      { row: { symbol: 'MSFT', quantity: 0 } },
    ]);
    const next = await decide(bench, { minuteIndex: 2, signals: [buySignal('AAPL'), symbolSignal('MSFT')] });
    expect(verdictOf(next)).toBe('NONE');
  });

  it('keeps the protective stop and sells nothing of a position that may stay', async () => {
    const bench = await openRisk();
    await holdFive(bench);
    const stopPriceE4 = () => bench.database.tables.positions.all()[0]?.row.stopPriceE4;
    const before = stopPriceE4();
    const { orders, cancels } = await park(bench, { minuteIndex: 2 });
    expect({ orders, cancels }).toEqual({ orders: [], cancels: [] });
    expect(before).toBeGreaterThan(0);
    expect(stopPriceE4()).toBe(before);
  });

  it('flattens when its closes break the daily loss, for a position must not be left unguarded', async () => {
    const bench = await openRisk();
    await holdFive(bench);
    const crash = [{ symbol: 'AAPL', closeE4: 10_000 }];
    const { state, causes, symbols, orders } = await park(bench, { minuteIndex: 2, closes: crash });
    expect([state, ...causes.map(({ cause }) => cause)]).toEqual(['HALTED', 'DRAWDOWN', 'DAILY_LOSS']);
    expect(symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_DRAWDOWN', 'QUARANTINED']);
    expect(orders.map(({ kind, symbol, quantity }) => [kind, symbol, quantity])).toEqual([['EXIT', 'AAPL', 5]]);
  });

  it("flattens at an operator's command", async () => {
    const bench = await openRisk();
    await holdFive(bench);
    await say(bench, { command: 'flatten' });
    const { orders } = await park(bench, { minuteIndex: 2 });
    expect(orders.map(({ kind }) => kind)).toEqual(['EXIT']);
  });

  it('is decided once when the question comes again, and answered the same', async () => {
    const bench = await openRisk();
    const first = await park(bench);
    bench.restart();
    expect(await park(bench)).toEqual(first);
    expect(decisions(bench)).toHaveLength(1);
  });

  it('leaves the decision alone that a signal made meanwhile', async () => {
    const bench = await openRisk();
    await decide(bench, BUYS);
    const before = stored(bench);
    expect(await bench.deliver(parked())).toBe(true);
    expect(bench.answers()).toHaveLength(1);
    expect(decisions(bench)).toHaveLength(1);
    expect(stored(bench)).toEqual(before);
  });
});

describe('a good signal that comes after its minute was decided without it', () => {
  it.each(['at once', 'after a restart', 'minutes later'])(
    'is parked as late and changes nothing, %s',
    async (when) => {
      const bench = await openRisk();
      await park(bench);
      if (when === 'after a restart') bench.restart();
      if (when === 'minutes later') await decide(bench, { minuteIndex: 1 });
      const before = stored(bench);
      const count = decisions(bench).length;
      expect(await bench.deliver(signal(BUYS))).toBe(true);
      expect(bench.database.quarantine).toMatchObject([{ reason: 'late', value: '20250103/0' }]);
      expect([stored(bench), decisions(bench).length]).toEqual([before, count]);
      expect(verdictOf(await decide(bench, { minuteIndex: count, ...BUYS }))).toBe('APPROVED');
    },
  );
});

describe('a signal that contradicts its run', () => {
  it.each([
    { what: 'another symbol', data: { signals: [symbolSignal('AAPL'), symbolSignal('TSLA')] }, field: 'data.symbols' },
    { what: 'a symbol too few', data: { signals: [symbolSignal('AAPL')] }, field: 'data.symbols' },
    { what: 'another length of the session', data: { minutes: 210 }, field: 'data.minutes' },
    { what: 'a holiday', data: { session: 20_250_101 }, field: 'data.session' },
    { what: 'another opening time', data: { openMs: 1 }, field: 'data.openMs' },
    { what: "a stranger's fill", data: { fills: [fill({ symbol: 'TSLA' })] }, field: 'data.fills.0.symbol' },
  ])('is parked at once: $what', async ({ data, field }) => {
    const bench = await openRisk();
    expect(await bench.deliver(signal(data))).toBe(true);
    expect(bench.database.quarantine).toMatchObject([{ reason: 'contradiction', field }]);
    expect(decisions(bench)).toEqual([]);
    expect(await decide(bench)).toMatchObject({ minuteIndex: 0 });
  });
});
