/**
 * Risk: one decision a minute, in order, recorded before it leaves; a restart changes nothing.
 */

import { describe, expect, it } from 'vitest';
import { type DecisionData, decisionV2 } from '../../../../shared/contracts/decision.v2.ts';
import type { SignalData } from '../../../../shared/contracts/signal.v1.ts';
import { fill, SESSION } from '../../../support/core/core.ts';
import type { FunctionBench } from '../../../support/trading/function-bench.ts';
import { buySignal, signal, symbolSignal } from '../../../support/trading/messages.ts';
import {
  BUYS,
  decide,
  events,
  holdFive,
  NEXT,
  openRisk,
  stateOf,
  stored,
  verdictOf,
} from '../../../support/trading/risk-bench.ts';

const MINUTE_MS = 60_000;

describe('a minute', () => {
  it('always gets one decision that its schema takes, HOLD and missing data included', async () => {
    const bench = await openRisk();
    await decide(bench);
    const missing = [symbolSignal('AAPL', { present: false, action: 2 }), symbolSignal('MSFT', { present: false })];
    await decide(bench, { minuteIndex: 1, signals: missing });
    const answers = bench.answers<DecisionData>();
    expect(answers.map(({ id }) => id)).toEqual(['decision/run-1/20250103/0', 'decision/run-1/20250103/1']);
    for (const answer of answers) expect(decisionV2.schema.parse(answer)).toEqual(answer);
    expect(answers[1]?.data.symbols.map(({ verdict }) => verdict)).toEqual(['DATA_MISSING', 'NONE']);
    expect(answers[1]?.data.orders).toEqual([]);
  });

  it('is recorded with its orders and with what it was decided on before it leaves', async () => {
    const bench = await openRisk();
    const decision = await decide(bench, BUYS);
    expect(decision.orders.map(({ kind, quantity }) => [kind, quantity])).toEqual([
      ['ENTRY', 5],
      ['STOP', 5],
    ]);
    const [record] = bench.database.tables.decisions.all();
    expect(record).toMatchObject({ cause: 'minute', signal: { signals: signal(BUYS).data.signals, observation: [] } });
    expect(record?.decision.orders).toEqual(decision.orders);
  });

  it('books the fills that came with it before anything is decided', async () => {
    const bench = await openRisk();
    await holdFive(bench);
    expect(stored(bench)).toMatchObject({ cashE4: 25_000_000 - 5_000_000, lastMinute: 1 });
    expect(bench.database.tables.positions.all()).toMatchObject([
      { row: { symbol: 'AAPL', quantity: 5, stopPriceE4: expect.any(Number) as number } },
      { row: { symbol: 'MSFT', quantity: 0 } },
    ]);
    expect(bench.database.tables.equity.all().map(({ row }) => row.minuteIndex)).toEqual([0, 1]);
  });

  it('without a bar keeps the mark of the last good one', async () => {
    const bench = await openRisk({ minutesMax: 1 });
    await decide(bench, { minutes: 1 });
    const nothing = [symbolSignal('AAPL', { present: false, markE4: 0 }), symbolSignal('MSFT')];
    await decide(bench, { ...NEXT, minutes: 1, signals: nothing });
    expect(bench.database.tables.positions.all()).toMatchObject([{ row: { symbol: 'AAPL', markE4: 1_000_000 } }, {}]);
  });

  it('closes the account with the last of its session', async () => {
    const bench = await openRisk({ minutesMax: 2 });
    await decide(bench, { minutes: 2 });
    expect(stored(bench)).toMatchObject({ closed: false });
    await decide(bench, { minuteIndex: 1, minutes: 2 });
    expect(stored(bench)).toMatchObject({ closed: true });
  });

  it('that comes out of order is refused, and the right one is still taken', async () => {
    const bench = await openRisk();
    await decide(bench);
    expect(await bench.deliver(signal({ minuteIndex: 2 }))).toBe(false);
    expect(bench.log.join('\n')).toContain('minutes come in order: 2 after 0');
    expect(bench.database.tables.decisions.size).toBe(1);
    await decide(bench, { minuteIndex: 1 });
    await decide(bench, { minuteIndex: 2 });
    expect(bench.database.tables.decisions.size).toBe(3);
  });

  it('that comes again gets the same answer and changes nothing', async () => {
    const bench = await openRisk();
    await decide(bench, BUYS);
    const before = structuredClone(stored(bench));
    await decide(bench, BUYS);
    const [first, again] = bench.answers<DecisionData>();
    expect(again).toEqual(first);
    expect(stored(bench)).toEqual(before);
  });

  it('of a run that nobody recorded stops with the run’s name', async () => {
    const bench = await openRisk();
    expect(await bench.deliver({ ...signal(), runId: 'run-9' })).toBe(false);
    expect(bench.log.join('\n')).toContain('run run-9 is recorded before its first message');
  });
});

describe('a restart', () => {
  it('goes on from the stored snapshot: positions, working orders, losses and states', async () => {
    const path: Partial<SignalData>[] = [
      BUYS,
      { fills: [fill({ quantity: 5, minuteIndex: 1 })] },
      { signals: [symbolSignal('AAPL', { markE4: 990_000 }), buySignal('MSFT')] },
      { signals: [symbolSignal('AAPL', { action: 0, markE4: 985_000 }), symbolSignal('MSFT')] },
      { signals: [symbolSignal('AAPL', { action: 0, markE4: 980_000 }), symbolSignal('MSFT', { action: 0 })] },
    ];
    const [undisturbed, restarted] = await Promise.all([openRisk(), openRisk()]);
    for (const [minuteIndex, data] of path.entries()) {
      restarted.restart();
      expect(await decide(restarted, { minuteIndex, ...data })).toEqual(
        await decide(undisturbed, { minuteIndex, ...data }),
      );
    }
    expect(stored(restarted)).toEqual(stored(undisturbed));
    expect(restarted.answers<DecisionData>().flatMap(({ data }) => data.orders).length).toBeGreaterThan(3);
  });

  it('between sessions begins the next with the closing account', async () => {
    const bench = await openRisk({ minutesMax: 1 });
    await decide(bench, { minutes: 1 });
    bench.restart();
    await decide(bench, { ...NEXT, minutes: 1 });
    expect(bench.database.tables.accounts.all().map(({ session }) => session)).toEqual([SESSION.date, NEXT.session]);
    expect(stored(bench)).toMatchObject({ openingCashE4: 25_000_000, lastMinute: 0 });
  });
});

describe('a commit that fails', () => {
  it('leaves the account as it was, and the minute to be decided again', async () => {
    const bench = await openRisk();
    const { orders } = await decide(bench, BUYS);
    const message = signal({
      minuteIndex: 1,
      fills: [fill({ orderRef: orders[0]!.orderRef, quantity: 5, minuteIndex: 1 })],
    });
    bench.database.failNext(new Error('the connection broke'), 'commit');
    expect(await bench.deliver(message)).toBe(false);
    expect(stored(bench)).toMatchObject({ lastMinute: 0, cashE4: 25_000_000 });
    expect(await bench.deliver(message)).toBe(true);
    expect(stored(bench)).toMatchObject({ lastMinute: 1, cashE4: 20_000_000 });
  });

  it('that held unheard is not decided twice', async () => {
    const bench = await openRisk();
    bench.database.failNext(new Error('the connection broke'), 'committed');
    expect(await bench.deliver(signal(BUYS))).toBe(false);
    expect(await bench.deliver(signal(BUYS))).toBe(true);
    expect(bench.database.tables.decisions.size).toBe(1);
    const next = await decide(bench, { minuteIndex: 1, ...BUYS });
    expect(verdictOf(next)).toBe('NONE');
  });
});

describe('a state that an open lifts', () => {
  /** A loss of $60 on five shares stops the day; one of $110 stops the account. */
  async function lose(bench: FunctionBench, markE4: number): Promise<DecisionData> {
    await holdFive(bench);
    const lost = fill({ fillId: 'out', orderRef: 'out', side: 'SELL', quantity: 5, priceE4: markE4, minuteIndex: 2 });
    const closed = [{ orderRef: '20250103-000-AAPL-P', reason: 'FILLED' as const }];
    return decide(bench, { minuteIndex: 2, minutes: 390, fills: [lost], closed });
  }

  it('is recorded when the day’s loss is over', async () => {
    const bench = await openRisk();
    expect(stateOf(await lose(bench, 880_000))).toBe('REDUCING DAILY_LOSS');
    expect(stateOf(await decide(bench, NEXT))).toBe('ACTIVE NONE');
    expect(events(bench)).toEqual(['STATE_REDUCING DAILY_LOSS', 'STATE_ACTIVE no cause']);
  });

  it('is recorded when a halted account is armed by itself', async () => {
    const bench = await openRisk({ rearm: 'session' });
    expect(stateOf(await lose(bench, 780_000))).toBe('HALTED DRAWDOWN+DAILY_LOSS');
    bench.restart();
    expect(stateOf(await decide(bench, NEXT))).toBe('ACTIVE NONE');
    expect(events(bench)).toEqual([
      'STATE_HALTED DRAWDOWN, DAILY_LOSS',
      'REARM lifted DRAWDOWN; reference of the drawdown limit $2,500.00 → $2,390.00',
      'STATE_ACTIVE no cause',
    ]);
    const arm = bench.database.tables.audit.all().find(({ kind }) => kind === 'rearm');
    expect(JSON.parse(arm!.body)).toMatchObject({
      formerReferenceE4: 25_000_000,
      referenceE4: 23_900_000,
    });
  });

  it('stays where it is armed by hand', async () => {
    const bench = await openRisk();
    await lose(bench, 780_000);
    const next = await decide(bench, { ...NEXT, ...BUYS });
    expect([stateOf(next), verdictOf(next)]).toEqual(['HALTED DRAWDOWN', 'STATE_HALTED']);
    expect(stored(bench)).toMatchObject({
      causes: [{ cause: 'DRAWDOWN', sinceMs: SESSION.openMs + 3 * MINUTE_MS, by: 'core' }],
    });
  });
});
