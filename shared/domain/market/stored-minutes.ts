/**
 * The minutes of a session as its stored bars have them: how rows become frames, whoever folds them.
 */

import { type EpochMs, MINUTE_MS } from '../units/units.ts';
import { MinuteFrame, type StoredBar } from './frame.ts';

export interface StoredMinutes {
  readonly symbols: readonly string[];
  /** Of the first minute. */
  readonly openMs: EpochMs;
  readonly minutes: number;
  readonly bars: readonly StoredBar[];
  /** Minutes that have no bars for whoever folds them, whatever is stored. */
  readonly without: ReadonlySet<number>;
}

/** In order; the next minute overwrites the frame. */
export function eachStoredMinute(stored: StoredMinutes, step: (minute: number, frame: MinuteFrame) => void): void {
  const { symbols, openMs, minutes, bars, without } = stored;
  const byMinute = Map.groupBy(bars, (bar) => (bar.openMs - openMs) / MINUTE_MS);
  const indexOf = new Map(symbols.map((symbol, s) => [symbol, s]));
  const frame = new MinuteFrame(symbols.length);
  for (let minute = 0; minute < minutes; minute++) {
    frame.clear();
    const used = without.has(minute) ? [] : (byMinute.get(minute) ?? []);
    for (const bar of used) frame.put(indexOf.get(bar.symbol)!, bar);
    step(minute, frame);
  }
}
