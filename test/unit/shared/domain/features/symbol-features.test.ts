/**
 * The features of one symbol: edges and readiness. Their values are held to oracles in feature-engine.test.ts.
 */

import { describe, expect, it } from 'vitest';
import { FEATURE_NAMES, READY_CLOSES } from '../../../../../shared/domain/features/feature-schema.ts';
import { SymbolFeatures } from '../../../../../shared/domain/features/symbol-features.ts';

const MARKET_FEATURES = 9;

/** The nine values by name. */
function read(features: SymbolFeatures): Record<string, number> {
  const out = new Float32Array(MARKET_FEATURES);
  features.write(out, 0);
  return Object.fromEntries(FEATURE_NAMES.slice(0, MARKET_FEATURES).map((name, k) => [name, out[k]!]));
}

interface Bar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Of this minute in past sessions; 0 where unknown. */
  readonly usualVolume: number;
}

function after(bars: readonly Partial<Bar>[]): SymbolFeatures {
  const features = new SymbolFeatures();
  for (const bar of bars) {
    const close = bar.close ?? 1_000_000;
    features.update(bar.high ?? close, bar.low ?? close, close, bar.volume ?? 1_000, bar.usualVolume ?? 0);
  }
  return features;
}

describe('the features of a symbol', () => {
  it('are all zero before the first bar of the session', () => {
    expect(Object.values(read(new SymbolFeatures()))).toEqual(Array(MARKET_FEATURES).fill(0));
  });

  it('are neutral where nothing moves', () => {
    expect(read(after(Array(40).fill({})))).toEqual({
      logReturn1m: 0,
      logReturn5m: 0,
      rsi14: 0,
      emaGap: 0,
      vwapGap: 0,
      atr14: 0,
      realisedVolatility30m: 0,
      relativeVolume: 1,
      dayRangePlace: 0.5,
    });
  });

  it('are ready with the close that completes 30 returns', () => {
    expect(after(Array(READY_CLOSES - 1).fill({})).isReady).toBe(false);
    expect(after(Array(READY_CLOSES).fill({})).isReady).toBe(true);
  });

  it('compare volume with past sessions where those are known, else with the session so far', () => {
    expect(read(after([{ volume: 1_000 }, { volume: 3_000 }])).relativeVolume).toBe(1.5);
    expect(read(after([{ volume: 1_000 }, { volume: 3_000, usualVolume: 6_000 }])).relativeVolume).toBe(0.5);
  });

  it('cap relative volume at 20, so that one print cannot drown the rest', () => {
    expect(read(after([{ volume: 1_000_000, usualVolume: 1_000 }])).relativeVolume).toBe(20);
  });

  it('say nothing about volume and its average price where nothing was traded', () => {
    const { relativeVolume, vwapGap } = read(after([{ volume: 0 }, { volume: 0, close: 1_010_000 }]));
    expect({ relativeVolume, vwapGap }).toEqual({ relativeVolume: 0, vwapGap: 0 });
  });

  it('weigh the typical price of each bar by its volume', () => {
    const first = { high: 1_020_000, low: 990_000, close: 990_000, volume: 100 };
    const second = { close: 1_030_000, volume: 300 };
    // Typical prices 1,000,000 and 1,030,000: (100·1,000,000 + 300·1,030,000) / 400 = 1,022,500.
    expect(read(after([first, second])).vwapGap).toBeCloseTo(1_030_000 / 1_022_500 - 1, 7);
  });

  it('place the close in the range of the session so far, highs and lows included', () => {
    const bars = [{ high: 1_040_000, low: 1_000_000, close: 1_000_000 }, { close: 1_010_000 }];
    expect(read(after(bars)).dayRangePlace).toBe(0.25);
  });

  it('forget the session at its end', () => {
    const wild = Array.from({ length: 50 }, (_, i) => ({ close: 2_000_000 + 777 * (i % 7), high: 2_100_000 }));
    const features = after(wild);
    features.reset();
    for (let i = 0; i < 35; i++) features.update(1_000_000, 1_000_000, 1_000_000, 1_000, 0);
    expect(read(features)).toEqual(read(after(Array(35).fill({}))));
    expect(features.closes).toBe(35);
  });
});
