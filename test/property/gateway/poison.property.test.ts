/**
 * A minute whose message is damaged on the way still gets its one decision, whatever else goes wrong: from a later copy
 * where one is whole, else HOLD coded QUARANTINED, and the run goes on as if that minute had had no bars.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BacktestInput, runBacktest } from '../../../shared/domain/run/backtest.ts';
import type { Decision } from '../../../shared/domain/risk/types.ts';
import { minuteId } from '../../../shared/contracts/minute-ids.ts';
import type { QueueName } from '../../../shared/topology.ts';
import { sessionOn } from '../../../shared/domain/calendar/calendar.ts';
import { FAULT } from '../../../shared/domain/quality/faults.ts';
import { type Bar, bar, tableOf } from '../../support/core/core.ts';
import { runOn, SMALL_MARKET } from '../../support/core/core-markets.ts';
import { brokenBooks, brokenEffects } from '../../support/trading/effects.ts';
import { type TradedRun, tradeRun, type TradingOptions } from '../../support/trading/trading.ts';

/** The first session of every run here. */
const DAY = sessionOn(20_250_102)!;

const WAY = [
  { queue: 'minutes', type: 'minute' },
  { queue: 'bars-ready', type: 'bars-ready' },
  { queue: 'signals', type: 'signal' },
] as const;

/** A body that JSON cannot read, one that no schema takes, and one that contradicts the run. */
const DAMAGES: Readonly<Record<string, (body: string) => string>> = {
  cut: (body) => body.slice(0, -20),
  version: (body) => body.replace(/"version":\d+/, '"version":7'),
  contradiction: (body) => body.replace(/"minutes":\d+/, '"minutes":3'),
};

interface Poison {
  readonly queue: QueueName;
  readonly type: (typeof WAY)[number]['type'];
  readonly minuteIndex: number;
  /** Copies that arrive damaged. */
  readonly copies: number;
  readonly damage?: string;
}

/** Hits one minute of the first session. */
function damageOf({ queue, type, minuteIndex, copies, damage = 'cut' }: Poison): NonNullable<TradingOptions['damage']> {
  const id = minuteId(type, 'run-1', { session: DAY.date, minuteIndex });
  let left = copies;
  return (at, messageId, body) => (at === queue && messageId === id && left-- > 0 ? DAMAGES[damage]!(body) : body);
}

function decisionsOf(run: TradedRun): Decision[] {
  return run.database.tables.decisions.all().map(({ decision }) => decision);
}

function decisionAt(run: TradedRun, minuteIndex: number): Decision {
  return decisionsOf(run).find((each) => each.session === DAY.date && each.minuteIndex === minuteIndex)!;
}

/** Rows up to the close of a minute of the first session. */
function rowsBefore(rows: readonly string[], minuteIndex: number): string[] {
  const untilMs = DAY.openMs + minuteIndex * 60_000;
  return rows.filter((row) => Number(row.split(',')[1]) <= untilMs);
}

function backtestRows(input: BacktestInput): string[] {
  const rows: string[] = [];
  runBacktest({ ...input, onRow: (row) => void rows.push(row) });
  return rows;
}

/** One session of AAPL as given and of a quiet MSFT, of which ingest never reads minute 20. */
async function withoutMinute20(aapl: (minute: number) => Partial<Bar>): Promise<TradedRun> {
  const { sessions, ...run } = runOn({ ...SMALL_MARKET, sessionCount: 1 }, { policy: 'random' });
  const bars = Array.from({ length: SMALL_MARKET.minutes }, (_, minute) => minute);
  const table = tableOf([
    bars.map((minute) => bar({ volume: 10_000 + minute, ...aapl(minute) })),
    bars.map((minute) => bar({ volume: 20_000 + minute })),
  ]);
  const days = [...sessions].map((day) => ({ ...day, table }));
  const damage = damageOf({ ...WAY[0], minuteIndex: 20, copies: Number.POSITIVE_INFINITY });
  return tradeRun({ ...run, sessions: days }, { damage });
}

/** What is stored of AAPL and was passed on to signal of one minute. */
async function verdictAt({ database }: TradedRun, minute: number) {
  const openMs = DAY.openMs + minute * 60_000;
  const at = { fromMs: openMs, toMs: openMs + 60_000 };
  const of = { runId: 'run-1', session: DAY.date };
  return database.transaction(async ({ bars }) => ({
    bars: (await bars.between(of, at)).filter(({ symbol }) => symbol === 'AAPL'),
    faults: (await bars.quality(of, at)).filter(({ symbol }) => symbol === 'AAPL').map(({ faults }) => faults),
  }));
}

describe('the minute after one that only the gateway has seen', () => {
  it('is a stale repeat for everybody where it repeats that one', async () => {
    const run = await withoutMinute20((minute) => (minute === 20 || minute === 21 ? { volume: 77 } : {}));
    expect(await verdictAt(run, 21)).toMatchObject({
      bars: [{ volume: 77, fillableVolume: 0, faults: FAULT.STALE_REPEAT }],
      faults: [FAULT.STALE_REPEAT],
    });
  });

  it('confirms the jump of that one, and is believed by everybody', async () => {
    const run = await withoutMinute20((minute) => (minute >= 20 ? { openE4: 1_500_000 } : {}));
    expect(await verdictAt(run, 21)).toMatchObject({ bars: [{ closeE4: 1_500_000, faults: 0 }], faults: [] });
  });
});

describe('a damaged copy', () => {
  it.each(WAY)('on $queue is healed by the next one, and nothing differs', async ({ queue, type }) => {
    const input = runOn(SMALL_MARKET, { policy: 'random' });
    const run = await tradeRun(input, { damage: damageOf({ queue, type, minuteIndex: 20, copies: 2 }) });
    expect(run.summary).toEqual(runBacktest(input));
    expect(run.database.quarantine).toHaveLength(2);
    expect(brokenBooks(run, input)).toEqual([]);
  });
});

describe('a minute whose every copy is damaged', () => {
  it.each(WAY.flatMap((stage) => Object.keys(DAMAGES).map((damage) => ({ ...stage, damage }))))(
    'on $queue ($damage) is decided once, HOLD and QUARANTINED',
    async ({ damage, ...stage }) => {
      const input = runOn(SMALL_MARKET, { policy: 'random' });
      const poison = { ...stage, damage, minuteIndex: 20, copies: Number.POSITIVE_INFINITY };
      const run = await tradeRun(input, { damage: damageOf(poison) });
      expect(decisionsOf(run)).toHaveLength(90);
      const symbols = decisionAt(run, 20).symbols.map(({ action, verdict, quantity }) => ({
        action,
        verdict,
        quantity,
      }));
      expect(symbols).toEqual([
        { action: 1, verdict: 'QUARANTINED', quantity: 0 },
        { action: 1, verdict: 'QUARANTINED', quantity: 0 },
      ]);
      expect(decisionAt(run, 20).orders).toEqual([]);
      expect(run.summary.denials.QUARANTINED).toBe(2);
      expect(rowsBefore(run.rows, 20)).toEqual(rowsBefore(backtestRows(input), 20));
      expect(brokenBooks(run, input)).toEqual([]);
      expect(run.database.quarantine).toHaveLength(3);
      expect(run.database.quarantine.map(({ source }) => source)).toEqual(Array(3).fill(`${stage.queue}.fifo`));
    },
  );

  it.each(WAY)('on $queue gives one ledger, however the run is disturbed besides', async ({ queue, type }) => {
    const input = runOn(SMALL_MARKET, { policy: 'random', profile: 'enhanced' });
    const poison = { queue, type, minuteIndex: 20, copies: Number.POSITIVE_INFINITY };
    const { summary } = await tradeRun(input, { damage: damageOf(poison) });
    for (const seed of [1, 2, 3]) {
      const rates = { kill: 0.02, database: 0.02, queue: 0.02, runner: 0.05, duplicate: 0.1, delay: 0.1 };
      const disturbed = await tradeRun(input, { seed, rates, damage: damageOf(poison) });
      expect(disturbed.troubles.length).toBeGreaterThan(10);
      expect(disturbed.summary).toEqual(summary);
      expect(brokenBooks(disturbed, input)).toEqual([]);
    }
    expect(summary.ledgerHash).not.toBe(runBacktest(input).ledgerHash);
  });

  it('leaves no position unguarded: what has to be flat goes flat in that minute as in any other', async () => {
    const input = runOn({ ...SMALL_MARKET, sessionCount: 1, gapRate: 0, faultRate: 0 }, { policy: 'random', seed: 9 });
    const damage = damageOf({ ...WAY[1], minuteIndex: 43, copies: Number.POSITIVE_INFINITY });
    const run = await tradeRun(input, { damage });
    const { symbols, orders } = decisionAt(run, 43);
    expect(symbols.map(({ action, verdict }) => [action, verdict])).toEqual([
      [1, 'FLATTEN_CLOSE'],
      [1, 'FLATTEN_CLOSE'],
    ]);
    expect(orders.map(({ kind }) => kind)).toEqual(['EXIT', 'EXIT']);
    expect(run.database.tables.positions.all().map(({ row }) => row.quantity)).toEqual([0, 0]);
    expect(brokenBooks(run, input)).toEqual([]);
  });

  it('stops nothing else: any minute, any place, any trouble', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...WAY),
        fc.nat(19),
        fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
        fc.constantFrom(0, 0.01),
        fc.nat(1_000),
        async (stage, minuteIndex, copies, rate, seed) => {
          const input = runOn({ ...SMALL_MARKET, minutes: 20, sessionCount: 1 }, { policy: 'random' });
          const rates = { kill: rate, database: rate, queue: rate, runner: rate };
          const run = await tradeRun(input, { seed, rates, damage: damageOf({ ...stage, minuteIndex, copies }) });
          expect(decisionsOf(run)).toHaveLength(20);
          expect(brokenBooks(run, input)).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('leaves an undisturbed run as it was', async () => {
    const input = runOn(SMALL_MARKET, { policy: 'random' });
    const run = await tradeRun(input, { damage: (_, __, body) => body });
    expect(run.summary).toEqual(runBacktest(input));
    expect(brokenEffects(run, input)).toEqual([]);
  });
});
