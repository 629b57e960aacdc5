/**
 * Ingest: judges a minute as the core does, keeps what is good and what was refused, whatever restarts in between.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIngest } from '../../../../functions/ingest/handler.ts';
import { type BarsReadyData, barsReadyV1 } from '../../../../shared/contracts/bars-ready.v1.ts';
import { rawBars } from '../../../../shared/contracts/minute-conversions.ts';
import type { RawBar } from '../../../../shared/contracts/minute.v1.ts';
import { MinuteFrame } from '../../../../shared/domain/market/frame.ts';
import { FAULT, type FaultCode, faultBits } from '../../../../shared/domain/quality/faults.ts';
import { fill, NEXT_SESSION, runConfig, SESSION } from '../../../support/core/core.ts';
import { randomTable } from '../../../support/core/core-markets.ts';
import { type FunctionBench, openFunction } from '../../../support/trading/function-bench.ts';
import { decision, minute, rawBar } from '../../../support/trading/messages.ts';
import { feeds } from '../../../support/database/feeds.ts';

const open = (): Promise<FunctionBench> => openFunction({ consumer: 'ingest', create: createIngest });

/** Never the same bar twice. */
const msft = (minuteIndex: number): RawBar => rawBar('MSFT', { volume: 20_000 + minuteIndex });

/** AAPL as given, minute by minute; MSFT quiet. */
async function play(bench: FunctionBench, bars: readonly RawBar[], options: { restartBefore?: number } = {}) {
  for (const [minuteIndex, aapl] of bars.entries()) {
    if (minuteIndex === options.restartBefore) bench.restart();
    expect(await bench.deliver(minute({ minuteIndex, bars: [aapl, msft(minuteIndex)] }))).toBe(true);
  }
  return bench.lastAnswer<BarsReadyData>().bars[0]!;
}

const aapl = (overrides: Parameters<typeof rawBar>[1] = {}): RawBar => rawBar('AAPL', overrides);
/** Enough usual minutes for volume to have a median. */
const USUAL = Array.from({ length: 6 }, (_, at) => aapl({ volume: 10_000 + at }));
const JUMP = aapl({ closeE4: 1_500_000 });

describe('a good minute', () => {
  it('is stored and passed on with the volume that may be believed', async () => {
    const bench = await open();
    await bench.deliver(minute());
    const stored = bench.database.tables.bars
      .all()
      .map(({ owner, row }) => [owner, row.symbol, row.openMs, row.volume]);
    expect(stored).toEqual([
      ['csv', 'AAPL', SESSION.openMs, 10_000],
      ['csv', 'MSFT', SESSION.openMs, 10_000],
    ]);
    expect(bench.database.tables.quality.size).toBe(0);
    const [answer] = bench.answers<BarsReadyData>();
    expect(barsReadyV1.schema.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({ id: 'bars-ready/run-1/20250103/0', occurredAt: SESSION.openMs });
    expect(answer?.data.bars).toMatchObject([
      { symbol: 'AAPL', present: true, closeE4: 1_000_000, fillableVolume: 10_000, faults: 0 },
      { symbol: 'MSFT', present: true },
    ]);
  });

  it('carries what the broker reported, untouched', async () => {
    const bench = await open();
    const closed = [{ orderRef: fill().orderRef, reason: 'FILLED' as const }];
    await bench.deliver(minute({ fills: [fill()], closed }));
    expect(bench.lastAnswer<BarsReadyData>()).toMatchObject({ fills: [fill()], closed });
  });
});

describe('a bad bar', () => {
  const hard: { what: string; bar: RawBar; fault: FaultCode }[] = [
    { what: 'a close that is not a number', bar: aapl({ closeE4: null, openE4: 1 }), fault: 'PRICE_INVALID' },
    { what: 'a negative low', bar: aapl({ lowE4: -1_000_000 }), fault: 'PRICE_INVALID' },
    { what: 'a fraction of a price', bar: aapl({ highE4: 1_000_000.5 }), fault: 'PRICE_INVALID' },
    { what: 'a high below its low', bar: aapl({ highE4: 999_000, lowE4: 1_001_000 }), fault: 'RANGE_CROSSED' },
    { what: 'a jump that nothing confirms', bar: JUMP, fault: 'JUMP_UNCONFIRMED' },
    { what: 'a row that could not be read', bar: aapl({ faults: ['UNPARSEABLE'] }), fault: 'UNPARSEABLE' },
    { what: 'two rows that disagree', bar: aapl({ faults: ['DUPLICATE_CONFLICT'] }), fault: 'DUPLICATE_CONFLICT' },
    { what: 'a time outside the session', bar: aapl({ faults: ['OUT_OF_SESSION'] }), fault: 'OUT_OF_SESSION' },
  ];

  it.each(hard)('is missing for everyone behind, and kept as delivered: $what', async ({ bar, fault }) => {
    const bench = await open();
    const passed = await play(bench, [...USUAL, bar]);
    expect(passed).toEqual({ symbol: 'AAPL', present: false, faults: expect.any(Number) as number });
    expect(passed.faults & FAULT[fault]).toBe(FAULT[fault]);
    const openMs = SESSION.openMs + USUAL.length * 60_000;
    expect(bench.database.tables.bars.where(({ row }) => row.openMs === openMs)).toMatchObject([
      { row: { symbol: 'MSFT' } },
    ]);
    const [refused] = bench.database.tables.quality.all();
    expect(refused).toMatchObject({ row: { symbol: 'AAPL', openMs, hard: true, faults: passed.faults } });
    expect(JSON.parse(refused!.row.raw)).toEqual(bar);
  });

  const soft: { what: string; volume: number | null; fault: FaultCode; fillable: number; stored: number }[] = [
    { what: 'no volume', volume: 0, fault: 'VOLUME_ZERO', fillable: 0, stored: 0 },
    { what: 'a volume that is not a number', volume: null, fault: 'VOLUME_INVALID', fillable: 0, stored: 0 },
    { what: 'a fraction of a share', volume: 10.5, fault: 'VOLUME_INVALID', fillable: 0, stored: 0 },
    { what: 'a negative volume', volume: -5, fault: 'VOLUME_INVALID', fillable: 0, stored: 0 },
    {
      what: 'a volume out of all proportion',
      volume: 10_000_000,
      fault: 'VOLUME_RUNNING_TOTAL',
      fillable: 10_003,
      stored: 10_000_000,
    },
  ];

  it.each(soft)('stays, with the volume that may be believed: $what', async ({ volume, fault, fillable, stored }) => {
    const bench = await open();
    const passed = await play(bench, [...USUAL, aapl({ volume })]);
    expect(passed).toMatchObject({ present: true, fillableVolume: fillable, faults: faultBits([fault]) });
    const openMs = SESSION.openMs + USUAL.length * 60_000;
    expect(bench.database.tables.bars.where(({ row }) => row.openMs === openMs)[0]).toMatchObject({
      row: { volume: stored, fillableVolume: fillable },
    });
    expect(bench.database.tables.quality.all()).toMatchObject([{ row: { hard: false } }]);
  });

  it('that never came is said to be missing, where faults are kept and not among the bars', async () => {
    const bench = await open();
    const passed = await play(bench, [aapl(), { symbol: 'AAPL', status: 'missing' }]);
    expect(passed).toEqual({ symbol: 'AAPL', present: false, faults: 0 });
    const missing = { symbol: 'AAPL', openMs: SESSION.openMs + 60_000, faults: FAULT.MISSING, hard: false };
    expect(bench.database.tables.quality.all()).toMatchObject([{ owner: 'csv', row: missing }]);
    expect(bench.database.tables.bars.where(({ row }) => row.symbol === 'AAPL')).toHaveLength(1);
  });
});

describe('a restart', () => {
  const memories: { what: string; bars: readonly RawBar[] }[] = [
    { what: 'the jump that the next bar confirms', bars: [...USUAL, JUMP, JUMP] },
    { what: 'the jump that the next bar denies', bars: [...USUAL, JUMP, aapl({ volume: 9_000 })] },
    { what: 'the total so far, for a running total', bars: [...USUAL, aapl({ volume: 60_000 })] },
    {
      what: 'volumes that were not believed',
      bars: [...USUAL, aapl({ volume: 9_000_000 }), aapl({ volume: 220_000 })],
    },
    { what: 'the bar that the next one repeats', bars: [...USUAL, aapl({ volume: 7 }), aapl({ volume: 7 })] },
    {
      what: 'a repeated bar before a refused one',
      bars: [...USUAL, aapl({ volume: 7 }), aapl({ closeE4: null, openE4: 1 }), aapl({ volume: 7 })],
    },
    {
      what: 'the level before a gap',
      bars: [...USUAL, { symbol: 'AAPL', status: 'missing' }, { symbol: 'AAPL', status: 'missing' }, JUMP],
    },
  ];

  it.each(memories)('remembers $what', async ({ bars }) => {
    const undisturbed = await play(await open(), bars);
    const restarted = await play(await open(), bars, { restartBefore: bars.length - 1 });
    expect(restarted).toEqual(undisturbed);
  });

  it('at any minutes of any market changes no verdict', async () => {
    const shape = { symbolCount: 2, minutes: 30, priceE4: 1_000_000, moveBps: 40, volume: 700, together: false };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(0xffff_ffff),
        fc.uniqueArray(fc.nat(shape.minutes - 1), { maxLength: 4 }),
        async (seed, restarts) => {
          const table = randomTable({ ...shape, seed, gapRate: 0.1, faultRate: 0.3 });
          const [undisturbed, restarted] = await Promise.all([open(), open()]);
          const frame = new MinuteFrame(2);
          for (let minuteIndex = 0; minuteIndex < shape.minutes; minuteIndex += 1) {
            table.readMinute(minuteIndex, frame);
            const message = minute({ minuteIndex, bars: rawBars(frame, ['AAPL', 'MSFT']) });
            if (restarts.includes(minuteIndex)) restarted.restart();
            await undisturbed.deliver(message);
            await restarted.deliver(message);
          }
          const verdicts = (bench: FunctionBench) => bench.answers<BarsReadyData>().map(({ data }) => data);
          expect(verdicts(restarted)).toEqual(verdicts(undisturbed));
          expect(verdicts(restarted)).toHaveLength(shape.minutes);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('starts the next session without the memory of the last', async () => {
    const bench = await open();
    await play(bench, USUAL);
    const next = { session: NEXT_SESSION.date, openMs: NEXT_SESSION.openMs };
    await bench.database.transaction(({ runs }) =>
      runs.openSession({ ...next, runId: 'run-1', minutes: 390 }, feeds()),
    );
    await bench.deliver(minute({ ...next, bars: [JUMP, rawBar('MSFT')] }));
    expect(bench.lastAnswer<BarsReadyData>().bars[0]).toMatchObject({ present: true, closeE4: 1_500_000 });
  });
});

describe('a commit that fails', () => {
  it('leaves the minute to be judged again, as it would have been', async () => {
    const bars = [...USUAL, JUMP, JUMP];
    const undisturbed = await play(await open(), bars);
    const bench = await open();
    await play(bench, bars.slice(0, -1));
    const message = minute({ minuteIndex: bars.length - 1, bars: [JUMP, rawBar('MSFT')] });
    bench.database.failNext(new Error('the connection broke'), 'commit');
    expect(await bench.deliver(message)).toBe(false);
    expect(await bench.deliver(message)).toBe(true);
    expect(bench.lastAnswer<BarsReadyData>().bars[0]).toEqual(undisturbed);
  });

  it('that held unheard leaves one answer, given again when asked again', async () => {
    const bench = await open();
    bench.database.failNext(new Error('the connection broke'), 'committed');
    expect(await bench.deliver(minute())).toBe(false);
    expect(bench.answers()).toEqual([]);
    expect(await bench.deliver(minute())).toBe(true);
    expect(bench.answers().map(({ id }) => id)).toEqual(['bars-ready/run-1/20250103/0']);
    expect(bench.database.tables.bars.size).toBe(2);
  });
});

describe('two runs at once', () => {
  it('do not share what they remember', async () => {
    const bench = await open();
    const other = { runId: 'run-2' };
    await bench.database.transaction(async ({ runs }) => {
      await runs.create(runConfig(other), 'replay');
      await runs.openSession(
        { ...other, session: SESSION.date, minutes: 390, openMs: SESSION.openMs },
        feeds('edited'),
      );
    });
    await bench.deliver(minute());
    const cheap = minute({ bars: [aapl({ closeE4: 10_000 }), rawBar('MSFT')] });
    expect(await bench.deliver({ ...cheap, ...other, id: 'minute/run-2/20250103/0' })).toBe(true);
    await bench.deliver(minute({ minuteIndex: 1 }));
    expect(bench.lastAnswer<BarsReadyData>().bars[0]).toMatchObject({ present: true, closeE4: 1_000_000 });
  });
});

/** Decides minutes up to this one without ingest having seen the last of them. */
async function decideWithout(bench: FunctionBench, minuteIndex: number): Promise<void> {
  const { data } = decision({ minuteIndex });
  await bench.database.transaction(async ({ decisions, execution, bars }) => {
    const toMs = SESSION.openMs + (minuteIndex + 1) * 60_000;
    await bars.part({ runId: 'run-1', session: SESSION.date }, { fromMs: SESSION.openMs, toMs });
    await decisions.add({ runId: 'run-1', cause: 'minute', decision: { ...data, eventMs: 1 }, signal: null });
    await execution.markDecided('run-1', SESSION.date, minuteIndex);
  });
}

describe('a minute decided while its copies were in quarantine', () => {
  it('is parked as late when it comes after all, stored nowhere and answered by nothing', async () => {
    const bench = await open();
    await decideWithout(bench, 0);
    expect(await bench.deliver(minute())).toBe(true);
    expect(bench.database.quarantine).toMatchObject([{ reason: 'late', value: '20250103/0' }]);
    expect(bench.database.tables.bars.size).toBe(0);
    expect(bench.answers()).toEqual([]);
  });

  it('is parked as late though memory stands right before it', async () => {
    const bench = await open();
    await play(bench, [aapl(), aapl()]);
    await bench.database.transaction(({ execution }) => execution.markDecided('run-1', SESSION.date, 2));
    expect(await bench.deliver(minute({ minuteIndex: 2 }))).toBe(true);
    expect(bench.database.quarantine).toMatchObject([{ reason: 'late', value: '20250103/2' }]);
    expect(bench.answers()).toHaveLength(2);
  });

  it('is missing for the minutes after it, though another run has stored its bars, restart or not', async () => {
    const jump = (minuteIndex: number) => minute({ minuteIndex, bars: [JUMP, msft(minuteIndex)] });
    const judged = async (options: { restart: boolean; isStored: boolean }) => {
      const bench = await open();
      await play(bench, USUAL);
      if (options.isStored) {
        const other = await open();
        await play(other, [...USUAL, JUMP]);
        const rows = [...other.database.tables.bars.all()].map(({ row }) => row);
        await bench.database.transaction(({ bars }) => bars.add(feeds(), rows));
      }
      await decideWithout(bench, 6);
      if (options.restart) bench.restart();
      // Were minute 6 known, this would be the second bar at the new level and confirm it.
      expect(await bench.deliver(jump(7))).toBe(true);
      return bench.lastAnswer<BarsReadyData>().bars[0]!;
    };
    const seen = await judged({ restart: false, isStored: false });
    expect(seen).toMatchObject({ present: false });
    for (const restart of [false, true]) {
      for (const isStored of [false, true]) expect(await judged({ restart, isStored })).toEqual(seen);
    }
  });

  it('does not get into the way of another run on the same bars, which has that minute', async () => {
    const bench = await open();
    await play(bench, USUAL);
    await decideWithout(bench, 6);
    await bench.deliver(minute({ minuteIndex: 7, bars: [JUMP, msft(7)] }));
    expect(bench.lastAnswer<BarsReadyData>().bars[0]).toMatchObject({ present: false });
    await bench.database.transaction(async ({ runs }) => {
      await runs.create(runConfig({ runId: 'run-2' }), 'replay');
      const session = { runId: 'run-2', session: SESSION.date, minutes: 390, openMs: SESSION.openMs };
      await runs.openSession(session, feeds());
    });
    for (const [minuteIndex, aaplBar] of [...USUAL, JUMP, JUMP].entries()) {
      const message = minute({ minuteIndex, bars: [aaplBar, msft(minuteIndex)] });
      const other = { ...message, runId: 'run-2', id: `minute/run-2/${SESSION.date}/${minuteIndex}` };
      expect(await bench.deliver(other)).toBe(true);
    }
    expect(bench.lastAnswer<BarsReadyData>().bars[0]).toMatchObject({ present: true, closeE4: 1_500_000 });
  });
});

describe('a minute that contradicts its run', () => {
  it.each([
    { what: 'another symbol', data: { bars: [aapl(), rawBar('TSLA')] }, field: 'data.symbols' },
    { what: 'another length of the session', data: { minutes: 210 }, field: 'data.minutes' },
  ])('is parked at once and stored nowhere: $what', async ({ data, field }) => {
    const bench = await open();
    expect(await bench.deliver(minute(data))).toBe(true);
    expect(bench.database.quarantine).toMatchObject([{ reason: 'contradiction', field }]);
    expect(bench.database.tables.bars.size).toBe(0);
    expect(await bench.deliver(minute())).toBe(true);
    expect(bench.answers()).toHaveLength(1);
  });
});
