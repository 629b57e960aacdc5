/**
 * What signal knows of past sessions when a session begins: the volumes it kept at their last minutes, or their bars where
 * it kept none, and either way what a stage knows that has stepped through all of them.
 */

import { describe, expect, it } from 'vitest';
import { createSignal } from '../../../../functions/signal/handler.ts';
import { readCleanBars } from '../../../../shared/contracts/minute-conversions.ts';
import type { BarsReadyData } from '../../../../shared/contracts/bars-ready.v1.ts';
import type { SignalData } from '../../../../shared/contracts/signal.v1.ts';
import { Account } from '../../../../shared/domain/account/account.ts';
import { type Session, sessionsBetween } from '../../../../shared/domain/calendar/calendar.ts';
import { MinuteFrame } from '../../../../shared/domain/market/frame.ts';
import { profile } from '../../../../shared/domain/profile/profile.ts';
import { SignalStage } from '../../../../shared/domain/sizing/signal-stage.ts';
import { seededRandom } from '../../../support/core/seeded-random.ts';
import { type FunctionBench, openFunction } from '../../../support/trading/function-bench.ts';
import { barsReady } from '../../../support/trading/messages.ts';
import { inProcessRunner } from '../../../support/trading/runner.ts';
import { feeds } from '../../../support/database/feeds.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const MINUTES = 6;
/** More than a profile looks back on. */
const SESSIONS = sessionsBetween(20_250_103, 20_250_301).slice(0, 24);
const MINUTE_MS = 60_000;

type CleanBar = BarsReadyData['bars'][number];

/** Missing bars and minutes without believable volume among them. */
const DAYS: readonly (readonly CleanBar[])[][] = (() => {
  const random = seededRandom(3);
  const barOf = (symbol: string): CleanBar => {
    if (random() < 0.1) return { symbol, present: false, faults: 0 };
    const closeE4 = 1_000_000 + Math.floor(random() * 2_000);
    const prices = { openE4: closeE4, highE4: closeE4 + 100, lowE4: closeE4 - 100, closeE4 };
    const fillableVolume = random() < 0.1 ? 0 : Math.floor(random() * 50_000);
    return { symbol, present: true, ...prices, fillableVolume, faults: 0 };
  };
  return SESSIONS.map(() => Array.from({ length: MINUTES }, () => SYMBOLS.map(barOf)));
})();

async function play(forget: boolean): Promise<number[][]> {
  const bench = await openFunction({
    consumer: 'signal',
    create: () => createSignal({ runner: inProcessRunner() }),
    config: { minutesMax: MINUTES },
  });
  for (const [at, session] of SESSIONS.entries()) {
    await openSession(bench, session);
    for (const [minuteIndex, bars] of DAYS[at]!.entries()) {
      await store(bench, session.openMs + minuteIndex * MINUTE_MS, bars);
      const message = barsReady({ ...addressOf(session, minuteIndex), bars: [...bars] });
      expect(await bench.deliver(message)).toBe(true);
    }
    if (forget) for (const { row } of bench.database.tables.volumes.all()) forgetVolumes(bench, row);
  }
  return bench.answers<SignalData>().map(({ data }) => data.observation);
}

/** As a run has it that began before volumes were kept. */
function forgetVolumes({ database }: FunctionBench, { session, symbol }: { session: number; symbol: string }): void {
  database.tables.volumes.delete(`run-1/${session}/${symbol}`);
}

function addressOf(session: Session, minuteIndex: number) {
  return { session: session.date, minuteIndex, minutes: MINUTES, openMs: session.openMs + minuteIndex * MINUTE_MS };
}

async function openSession({ database }: FunctionBench, { date, openMs }: Session): Promise<void> {
  await database.transaction(({ runs }) =>
    runs.openSession({ runId: 'run-1', session: date, minutes: MINUTES, openMs }, feeds()),
  );
}

async function store({ database }: FunctionBench, openMs: number, bars: readonly CleanBar[]): Promise<void> {
  const rows = bars.flatMap((bar) => {
    if (!bar.present) return [];
    const { present: _, ...row } = bar;
    return [{ ...row, openMs, volume: 12_345 }];
  });
  await database.transaction((repositories) => repositories.bars.add(feeds(), rows));
}

/** The core's own way: one stage through all sessions. */
function stepThrough(): number[][] {
  const stage = new SignalStage({ symbols: SYMBOLS, profile: profile('basic'), seed: 1, withFeatures: true });
  const account = new Account(SYMBOLS.length, 25_000_000);
  const frame = new MinuteFrame(SYMBOLS.length);
  return SESSIONS.flatMap((session, at) => {
    stage.startSession(session, MINUTES);
    return DAYS[at]!.map((bars, minuteIndex) => {
      readCleanBars(bars, frame);
      stage.update(minuteIndex, frame);
      return Array.from(stage.observe(account).observation);
    });
  });
}

describe('what signal knows of past sessions', () => {
  const expected = stepThrough();

  it('is, bit by bit, what a stage knows that has stepped through them', async () => {
    expect(await play(false)).toEqual(expected);
  });

  it('is the same where no volumes were kept and bars are folded', async () => {
    expect(await play(true)).toEqual(expected);
  });

  it('depends on them', () => {
    const withoutPast = new SignalStage({ symbols: SYMBOLS, profile: profile('basic'), seed: 1, withFeatures: true });
    const frame = new MinuteFrame(SYMBOLS.length);
    withoutPast.startSession(SESSIONS.at(-1)!, MINUTES);
    const last = DAYS.at(-1)!.map((bars, minuteIndex) => {
      readCleanBars(bars, frame);
      withoutPast.update(minuteIndex, frame);
      return Array.from(withoutPast.observe(new Account(SYMBOLS.length, 25_000_000)).observation);
    });
    expect(last).not.toEqual(expected.slice(-MINUTES));
  });
});

describe('the start of a session', () => {
  it('reads no bar of past sessions whose volumes it has kept', async () => {
    const reads: number[] = [];
    const bench = await openFunction({
      consumer: 'signal',
      create: () => createSignal({ runner: inProcessRunner() }),
      config: { minutesMax: MINUTES },
    });
    const { database } = bench;
    const transaction = database.transaction.bind(database);
    database.transaction = (work) =>
      transaction((repositories) => {
        const between: typeof repositories.bars.between = (of, range) => {
          reads.push(range.fromMs);
          return repositories.bars.between(of, range);
        };
        return work({ ...repositories, bars: { ...repositories.bars, between } });
      });
    for (const [at, session] of SESSIONS.slice(0, 3).entries()) {
      await openSession(bench, session);
      for (const [minuteIndex, bars] of DAYS[at]!.entries()) {
        await bench.deliver(barsReady({ ...addressOf(session, minuteIndex), bars: [...bars] }));
      }
    }
    expect(reads).toEqual([]);
  });
});
