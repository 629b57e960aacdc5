/**
 * What a backtest of recorded sessions keeps: it reads one at a time, so it holds as much after many as after few.
 */

import { rmSync } from 'node:fs';
import { eachSession } from '../../shared/adapters/csv/bars-csv.ts';
import type { RecordedSession } from '../../shared/adapters/csv/session-files.ts';
import { sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { runBacktest } from '../../shared/domain/run/backtest.ts';
import { runConfig } from '../support/core/core.ts';
import { writeBarsFolder } from '../support/bars/bars-folder.ts';
import { atMost, type Measurement, measurement } from './measure.ts';

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'];
const FEW = 50;
const MANY = 1_000;

export function benchBacktestMemory(): Measurement[] {
  const dates = sessionsBetween(20_200_102, 20_281_229)
    .slice(0, MANY)
    .map(({ date }) => date);
  const bars = writeBarsFolder({ symbols: SYMBOLS, sessions: dates, seed: 5 });
  const held: number[] = [];
  function* watched(): Generator<RecordedSession> {
    let count = 0;
    for (const each of eachSession(bars, SYMBOLS, dates)) {
      yield each;
      count += 1;
      if (count === FEW || count === MANY) held.push(heldMb());
    }
  }
  try {
    runBacktest({ config: runConfig({ symbols: SYMBOLS, rearm: 'session' }), sessions: watched(), dailyBars: [] });
  } finally {
    rmSync(bars, { recursive: true });
  }
  const [few = Number.NaN, many = Number.NaN] = held;
  return [
    measurement(`held by a backtest after ${MANY} sessions x 3 symbols`, 'MB', [many]),
    measurement(`the same, against ${FEW} sessions`, 'MB more', [many - few], atMost(2)),
  ];
}

/** Of this process, after its garbage is gone. */
function heldMb(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc, as npm run bench does');
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}
