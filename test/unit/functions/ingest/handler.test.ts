/**
 * Ingest: keeps what the gateway has judged good and what it refused, and takes no verdict that its bar contradicts.
 */

import { describe, expect, it } from 'vitest';
import { createIngest } from '../../../../functions/ingest/handler.ts';
import { type BarsReadyData, barsReadyV1 } from '../../../../shared/contracts/bars-ready.v1.ts';
import { judgedBars, readRawBars } from '../../../../shared/contracts/minute-conversions.ts';
import type { JudgedBar, RawBar } from '../../../../shared/contracts/minute.v2.ts';
import { MinuteFrame } from '../../../../shared/domain/market/frame.ts';
import { FAULT, type FaultCode, faultBits } from '../../../../shared/domain/quality/faults.ts';
import { QualityStage } from '../../../../shared/domain/quality/quality.ts';
import { fill, runConfig, SESSION } from '../../../support/core/core.ts';
import { type FunctionBench, openFunction } from '../../../support/trading/function-bench.ts';
import { decision, judgedBar, minute, rawBar } from '../../../support/trading/messages.ts';
import { feeds } from '../../../support/database/feeds.ts';

const open = (): Promise<FunctionBench> => openFunction({ consumer: 'ingest', create: createIngest });

/** Never the same bar twice. */
const msft = (minuteIndex: number): RawBar => rawBar('MSFT', { volume: 20_000 + minuteIndex });

/** The messages of a gateway that was given AAPL minute by minute, and a quiet MSFT. */
function judged(bars: readonly RawBar[]) {
  const stage = new QualityStage(2);
  const frame = new MinuteFrame(2);
  return bars.map((aaplBar, minuteIndex) => {
    const delivered = [aaplBar, msft(minuteIndex)];
    readRawBars(delivered, frame);
    stage.step(frame);
    return minute({ minuteIndex, bars: judgedBars(delivered, frame) });
  });
}

/** What became of AAPL in the last minute. */
async function play(bench: FunctionBench, bars: readonly RawBar[]) {
  for (const message of judged(bars)) expect(await bench.deliver(message)).toBe(true);
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

describe('a verdict', () => {
  const single = (bar: JudgedBar) => minute({ bars: [bar, judgedBar('MSFT')] });

  it.each<{ fault: FaultCode; fillableVolume: number; passed: object }>([
    { fault: 'JUMP_UNCONFIRMED', fillableVolume: 0, passed: { present: false, faults: FAULT.JUMP_UNCONFIRMED } },
    { fault: 'STALE_REPEAT', fillableVolume: 0, passed: { present: true, fillableVolume: 0 } },
    { fault: 'VOLUME_SPIKE', fillableVolume: 321, passed: { present: true, fillableVolume: 321 } },
    { fault: 'VOLUME_RUNNING_TOTAL', fillableVolume: 321, passed: { present: true, fillableVolume: 321 } },
  ])('that only the minutes before can tell is taken as it is: $fault', async ({ fault, fillableVolume, passed }) => {
    const bench = await open();
    const faults = FAULT[fault];
    await bench.deliver(single(judgedBar('AAPL', { verdict: { faults, fillableVolume } })));
    expect(bench.lastAnswer<BarsReadyData>().bars[0]).toMatchObject({ ...passed, faults });
    expect(bench.database.tables.quality.all()).toMatchObject([{ row: { symbol: 'AAPL', faults } }]);
  });

  it('that its bar contradicts is parked at once and stored nowhere', async () => {
    const bench = await open();
    const crossed = judgedBar('AAPL', { highE4: 999_000, lowE4: 1_001_000 });
    expect(await bench.deliver(single(crossed))).toBe(true);
    const value = JSON.stringify(crossed.verdict);
    expect(bench.database.quarantine).toMatchObject([{ reason: 'contradiction', field: 'data.bars.0.verdict', value }]);
    expect([bench.database.tables.bars.size, bench.answers()]).toEqual([0, []]);
  });
});

describe('a commit that fails', () => {
  it('leaves the minute to be stored again, as it would have been', async () => {
    const bars = [...USUAL, JUMP, JUMP];
    const undisturbed = await play(await open(), bars);
    const bench = await open();
    const messages = judged(bars);
    for (const message of messages.slice(0, -1)) await bench.deliver(message);
    bench.database.failNext(new Error('the connection broke'), 'commit');
    expect(await bench.deliver(messages.at(-1)!)).toBe(false);
    expect(await bench.deliver(messages.at(-1)!)).toBe(true);
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

/** Decides minutes up to this one without ingest having seen the last of them. */
async function decideWithout(bench: FunctionBench, minuteIndex: number): Promise<void> {
  const { data } = decision({ minuteIndex });
  await bench.database.transaction(async ({ decisions, execution }) => {
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

  it('is parked as late though those before it were handled', async () => {
    const bench = await open();
    await play(bench, [aapl(), aapl()]);
    await bench.database.transaction(({ execution }) => execution.markDecided('run-1', SESSION.date, 2));
    expect(await bench.deliver(minute({ minuteIndex: 2 }))).toBe(true);
    expect(bench.database.quarantine).toMatchObject([{ reason: 'late', value: '20250103/2' }]);
    expect(bench.answers()).toHaveLength(2);
  });

  it('leaves the later minutes as they are for another run on the same bars, which has that minute', async () => {
    const bench = await open();
    const messages = judged([...USUAL, JUMP, JUMP]);
    for (const message of messages.slice(0, 6)) await bench.deliver(message);
    await decideWithout(bench, 6);
    await bench.deliver(messages[7]!);
    // The gateway has seen minute 6, so this one confirms its level.
    expect(bench.lastAnswer<BarsReadyData>().bars[0]).toMatchObject({ present: true, closeE4: 1_500_000 });
    await bench.database.transaction(async ({ runs }) => {
      await runs.create(runConfig({ runId: 'run-2' }), 'replay');
      const session = { runId: 'run-2', session: SESSION.date, minutes: 390, openMs: SESSION.openMs };
      await runs.openSession(session, feeds());
    });
    for (const message of messages) {
      const id = `minute/run-2/${SESSION.date}/${message.data.minuteIndex}`;
      expect(await bench.deliver({ ...message, runId: 'run-2', id })).toBe(true);
    }
    expect(bench.answers()).toHaveLength(7 + 8);
    expect(bench.database.tables.bars.all().map(({ owner }) => owner)).toEqual(Array(15).fill('csv'));
  });
});

describe('a minute that contradicts its run', () => {
  it.each([
    { what: 'another symbol', data: { bars: [judgedBar('AAPL'), judgedBar('TSLA')] }, field: 'data.symbols' },
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
