/**
 * Folds the stored minutes of a session through quality again, so that a restart judges the next minute as before.
 *
 * A minute that ingest never handled, because it was in quarantine, is missing here, whatever another run or a load has
 * stored for it.
 */

import { readRawBars } from '../../shared/contracts/minute-conversions.ts';
import { type MinuteData, type RawBar, rawBarSchema } from '../../shared/contracts/minute.v1.ts';
import { MinuteFrame } from '../../shared/domain/market/frame.ts';
import { QualityStage } from '../../shared/domain/quality/quality.ts';
import { MINUTE_MS } from '../../shared/domain/units/units.ts';
import { minutesMissed } from '../../shared/runtime/minute-guards.ts';
import type { BarRow } from '../../shared/ports/repositories/market.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';

/** The stage before the minute of `data`. */
export async function rebuildQuality(
  runId: string,
  data: MinuteData,
  repositories: Repositories,
): Promise<QualityStage> {
  const symbols = data.bars.map((bar) => bar.symbol);
  const stage = new QualityStage(symbols.length);
  stage.startSession();
  if (data.minuteIndex === 0) return stage;
  const fromMs = data.openMs - data.minuteIndex * MINUTE_MS;
  const range = { fromMs, toMs: data.openMs };
  const delivered = new Map<string, RawBar>();
  for (const bar of await repositories.bars.between({ runId, session: data.session }, range)) {
    delivered.set(key(bar.openMs, bar.symbol), rawBar(bar));
  }
  // Bars with a fault are folded as they were delivered, not as they were stored.
  for (const row of await repositories.bars.quality({ runId, session: data.session }, range)) {
    delivered.set(key(row.openMs, row.symbol), rawBarSchema.parse(JSON.parse(row.raw)));
  }
  const missed = await minutesMissed(runId, data.session, { consumer: 'ingest', type: 'minute' }, repositories);
  const missedHere = missed.get(data.session);
  const frame = new MinuteFrame(symbols.length);
  for (let minute = 0; minute < data.minuteIndex; minute++) {
    const openMs = fromMs + minute * MINUTE_MS;
    const of = (symbol: string) => (missedHere?.has(minute) ? undefined : delivered.get(key(openMs, symbol)));
    const bars = symbols.map((symbol) => of(symbol) ?? missing(symbol));
    readRawBars(bars, frame);
    stage.step(frame);
  }
  return stage;
}

function key(openMs: number, symbol: string): string {
  return `${openMs}/${symbol}`;
}

function missing(symbol: string): RawBar {
  return { symbol, status: 'missing' };
}

function rawBar(bar: BarRow): RawBar {
  const { symbol, openE4, highE4, lowE4, closeE4, volume } = bar;
  return { symbol, status: 'bar', openE4, highE4, lowE4, closeE4, volume, faults: [] };
}
