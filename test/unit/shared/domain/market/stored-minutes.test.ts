/**
 * Stored bars as the minutes of their session: each in its minute and column, the rest missing.
 */

import { describe, expect, it } from 'vitest';
import { MISSING, PRESENT, type StoredBar } from '../../../../../shared/domain/market/frame.ts';
import { eachStoredMinute } from '../../../../../shared/domain/market/stored-minutes.ts';

const OPEN_MS = Date.UTC(2025, 0, 3, 14, 30);

function stored(symbol: string, minute: number, closeE4: number): StoredBar {
  const prices = { openE4: closeE4, highE4: closeE4, lowE4: closeE4, closeE4 };
  return { symbol, openMs: OPEN_MS + minute * 60_000, ...prices, volume: 900, fillableVolume: 80, faults: 1 << 18 };
}

function closesOf(bars: readonly StoredBar[], without: readonly number[] = []) {
  const closes: (readonly (number | null)[])[] = [];
  const of = { symbols: ['AAPL', 'MSFT'], openMs: OPEN_MS, minutes: 3, bars, without: new Set(without) };
  eachStoredMinute(of, (minute, frame) => {
    expect(minute).toBe(closes.length);
    closes.push([0, 1].map((s) => (frame.status[s] === PRESENT ? frame.closeE4[s]! : null)));
  });
  return closes;
}

const BARS = [stored('MSFT', 0, 20), stored('AAPL', 1, 11), stored('MSFT', 1, 21)];

describe('the minutes of stored bars', () => {
  it('are all there, with what is not stored missing', () => {
    expect(closesOf(BARS)).toEqual([
      [null, 20],
      [11, 21],
      [null, null],
    ]);
  });

  it('have no bars where they are not to be used, nor what was in the minute before', () => {
    expect(closesOf(BARS, [1])).toEqual([
      [null, 20],
      [null, null],
      [null, null],
    ]);
  });

  it('carry the verdict beside the prices', () => {
    const seen: unknown[] = [];
    const of = { symbols: ['AAPL', 'MSFT'], openMs: OPEN_MS, minutes: 2, bars: BARS, without: new Set<number>() };
    eachStoredMinute(of, (_, { status, faults, volume, fillableVolume }) =>
      seen.push([status[0], faults[0], status[0] === MISSING ? null : [volume[0], fillableVolume[0]]]),
    );
    expect(seen).toEqual([
      [MISSING, 0, null],
      [PRESENT, 1 << 18, [900, 80]],
    ]);
  });
});
