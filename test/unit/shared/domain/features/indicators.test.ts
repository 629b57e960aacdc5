/**
 * The streaming indicators against TA-Lib and pandas, and against TA-Lib and tulipy on recorded bars.
 */

import { describe, expect, it } from 'vitest';
import { FEATURE_NAMES } from '../../../../../shared/domain/features/feature-schema.ts';
import { Atr, Ema, RealisedVolatility, Rsi } from '../../../../../shared/domain/features/indicators.ts';
import { SymbolFeatures } from '../../../../../shared/domain/features/symbol-features.ts';
import {
  disagreements,
  hasSharedData,
  type OracleNumber,
  readBeside,
  readFixture,
} from '../../../../support/core/oracles.ts';

type Columns = Readonly<Record<string, readonly OracleNumber[]>>;

interface Bars {
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
}

interface VolumeBars extends Bars {
  readonly volume: readonly number[];
}

interface Segment {
  readonly file: string;
  readonly start_row: number;
  readonly rows: number;
  readonly close_sum: number;
  readonly columns: Columns;
}

const EXACT = { relative: 1e-9, absolute: 1e-12 };
/** The recorded oracles are stored with nine significant digits. */
const STORED = { relative: 1e-8, absolute: 1e-6 };

/** Column of an oracle → the same from ours; NaN while ours is not ready. */
const OURS: Readonly<Record<string, (bars: Bars) => number[]>> = {
  ema12: (bars) => emaOf(bars, 12),
  ema26: (bars) => emaOf(bars, 26),
  ti_ema12: (bars) => emaOf(bars, 12),
  ti_ema26: (bars) => emaOf(bars, 26),
  ta_rsi14: rsiOf,
  ti_rsi14: rsiOf,
  ta_atr14: atrOf,
  realised_volatility30: volatilityOf,
};

const own = readFixture<{ cases: readonly { name: string; bars: Bars; indicators: Columns }[] }>('indicators').cases;

describe('the indicators', () => {
  it('all have an oracle', () => {
    const asked = Object.keys(own[0]!.indicators);
    expect(Object.keys(OURS).filter((name) => !asked.includes(name) && !name.startsWith('ti_'))).toEqual([]);
  });

  it.each(own)('agree with TA-Lib and pandas on $name', ({ bars, indicators }) => {
    expect(differences(bars, indicators, EXACT)).toEqual([]);
  });

  it.each(own)('are ready from the minute on at which the libraries are, on $name', ({ bars, indicators }) => {
    const names = Object.keys(OURS).filter((name) => indicators[name] !== undefined);
    const ours = names.map((name) => [name, OURS[name]!(bars).findIndex((value) => !Number.isNaN(value))]);
    const theirs = names.map((name) => [name, indicators[name]!.findIndex((value) => value !== null)]);
    expect(ours).toEqual(theirs);
  });

  it.each(own)('remember nothing over a reset, on $name', ({ bars }) => {
    const rsi = new Rsi();
    const atr = new Atr();
    const ema = new Ema(12);
    const volatility = new RealisedVolatility();
    const run = () =>
      bars.close.map((close, i) => {
        rsi.update(close);
        atr.update(bars.high[i]!, bars.low[i]!, close);
        ema.update(close);
        volatility.update(close / 1_000);
        return [rsi.isReady, rsi.value, atr.isReady, atr.value, ema.value, volatility.isReady, volatility.value()];
      });
    const first = run();
    for (const indicator of [rsi, atr, ema, volatility]) indicator.reset();
    expect(run()).toEqual(first);
  });
});

describe('the relative strength index', () => {
  it('is 50 where nothing moved: neither strong nor weak', () => {
    const rsi = new Rsi();
    for (let i = 0; i < 20; i++) rsi.update(1_000_000);
    expect(rsi.isReady).toBe(true);
    expect(rsi.value).toBe(50);
  });

  it('is 0 where every close fell', () => {
    const rsi = new Rsi();
    for (let i = 0; i < 20; i++) rsi.update(1_000_000 - 100 * i);
    expect(rsi.value).toBe(0);
  });
});

describe('the average true range', () => {
  it('counts the gap from the close before', () => {
    const atr = new Atr();
    for (let i = 0; i < 15; i++) atr.update(1_010_000 + 20_000 * i, 1_000_000 + 20_000 * i, 1_000_000 + 20_000 * i);
    // High less low is 10,000; high less the close before is 30,000.
    expect(atr.value).toBe(30_000);
  });
});

describe.skipIf(!hasSharedData)('the indicators on the bars of shared/data', () => {
  const segments = hasSharedData
    ? (JSON.parse(readBeside('shared/data/oracles/indicators.json')) as { segments: readonly Segment[] }).segments
    : [{ file: 'no file', start_row: 0, rows: 0, close_sum: 0, columns: { vwap_hlc3: [] } }];

  it.each(segments)('agree with TA-Lib and tulipy on $file from row $start_row', (segment) => {
    const bars = barsOf(segment);
    const closeSum = bars.close.reduce((sum, value) => sum + value, 0);
    expect(closeSum).toBeCloseTo(segment.close_sum, 4);
    expect(differences(bars, segment.columns, STORED)).toEqual([]);
  });

  it.each(segments)('agree with numpy on the average price by volume in $file from row $start_row', (segment) => {
    expect(disagreements(vwapOf(barsOf(segment)), segment.columns['vwap_hlc3']!, STORED)).toEqual([]);
  });
});

function differences(bars: Bars, columns: Columns, tolerance: typeof EXACT): string[] {
  return Object.entries(OURS).flatMap(([name, compute]) => {
    const oracle = columns[name];
    if (oracle === undefined) return [];
    return disagreements(compute(bars), oracle, tolerance).map((line) => `${name} ${line}`);
  });
}

function emaOf(bars: Bars, period: number): number[] {
  const ema = new Ema(period);
  return bars.close.map((close) => {
    ema.update(close);
    return ema.value;
  });
}

function rsiOf(bars: Bars): number[] {
  const rsi = new Rsi();
  return bars.close.map((close) => {
    rsi.update(close);
    return rsi.isReady ? rsi.value : Number.NaN;
  });
}

function atrOf(bars: Bars): number[] {
  const atr = new Atr();
  return bars.close.map((close, i) => {
    atr.update(bars.high[i]!, bars.low[i]!, close);
    return atr.isReady ? atr.value : Number.NaN;
  });
}

function volatilityOf(bars: Bars): number[] {
  const volatility = new RealisedVolatility();
  return bars.close.map((close, i) => {
    if (i > 0) volatility.update(Math.log(close / bars.close[i - 1]!));
    return volatility.isReady ? volatility.value() : Number.NaN;
  });
}

/** The feature is the gap between close and VWAP, a float32 far below 1, so the VWAP itself comes back exactly enough. */
function vwapOf(bars: VolumeBars): number[] {
  const features = new SymbolFeatures();
  const out = new Float32Array(FEATURE_NAMES.length);
  return bars.close.map((close, i) => {
    features.update(bars.high[i]!, bars.low[i]!, close, bars.volume[i]!, 0);
    features.write(out, 0);
    return close / (1 + out[FEATURE_NAMES.indexOf('vwapGap')]!);
  });
}

function barsOf({ file, start_row, rows }: Segment): VolumeBars {
  const lines = readBeside(file)
    .trimEnd()
    .split('\n')
    .slice(1)
    .slice(start_row, start_row + rows);
  const cells = lines.map((line) => line.split(',').map(Number));
  const column = (index: number) => cells.map((row) => row[index]!);
  return { high: column(3), low: column(4), close: column(5), volume: column(6) };
}
