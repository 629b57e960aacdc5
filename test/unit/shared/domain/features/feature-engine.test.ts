/**
 * The observation as a whole against numpy, pandas and TA-Lib, and the layout that models rely on.
 */

import { describe, expect, it } from 'vitest';
import { FeatureEngine } from '../../../../../shared/domain/features/feature-engine.ts';
import {
  FEATURE_COUNT,
  FEATURE_NAMES,
  featureSchemaText,
  READY_CLOSES,
} from '../../../../../shared/domain/features/feature-schema.ts';
import { disagreements, type OracleNumber, readFixture } from '../../../../support/core/oracles.ts';

interface Bars {
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
}

interface Case {
  readonly name: string;
  readonly bars: Bars;
  readonly features: Readonly<Record<string, readonly OracleNumber[]>>;
}

/** Observations are float32: seven digits, and differences of nearly equal numbers have fewer. */
const FLOAT32 = { relative: 1e-6, absolute: 1e-9 };

const cases = readFixture<{ cases: readonly Case[] }>('indicators').cases;

describe('an observation', () => {
  it.each(cases)('agrees with the oracles in every feature and minute, on $name', ({ bars, features }) => {
    const engine = new FeatureEngine(1);
    engine.startSession(1);
    const rows = bars.close.map((_, minute) => {
      update(engine, 0, minute, bars);
      return observe(engine, minute, [0]);
    });
    const lines = FEATURE_NAMES.flatMap((name, k) => {
      // A feature that is not ready is 0.
      const oracle = features[name]!.map((value) => value ?? 0);
      const ours = rows.map((row) => row[k]!);
      return disagreements(ours, oracle, FLOAT32).map((line) => `${name} ${line}`);
    });
    expect(lines).toEqual([]);
  });

  it('holds 11 features per symbol, then one position each', () => {
    const [first, second] = [cases[0]!.bars, cases[2]!.bars];
    const engine = new FeatureEngine(2);
    engine.startSession(1);
    for (let minute = 0; minute < 40; minute++) {
      update(engine, 0, minute, first);
      update(engine, 1, minute, second);
    }
    const both = observe(engine, 39, [7, -3]);
    expect(both).toHaveLength(24);
    expect(both.slice(0, FEATURE_COUNT)).toEqual(alone(first, 40).slice(0, FEATURE_COUNT));
    expect(both.slice(FEATURE_COUNT, 2 * FEATURE_COUNT)).toEqual(alone(second, 40).slice(0, FEATURE_COUNT));
    expect(both.slice(2 * FEATURE_COUNT)).toEqual([7, -3]);
  });

  it('leaves the features of a symbol as they were where its bar is missing', () => {
    const engine = new FeatureEngine(1);
    engine.startSession(1);
    for (let minute = 0; minute < 40; minute++) update(engine, 0, minute, cases[0]!.bars);
    const before = observe(engine, 39, [0]);
    const later = observe(engine, 41, [0]);
    expect(later.slice(0, 9)).toEqual(before.slice(0, 9));
    expect(later.slice(9, FEATURE_COUNT)).not.toEqual(before.slice(9, FEATURE_COUNT));
  });

  it('is ready only when every symbol is', () => {
    const engine = new FeatureEngine(2);
    engine.startSession(1);
    for (let minute = 0; minute < READY_CLOSES; minute++) update(engine, 0, minute, cases[0]!.bars);
    expect(engine.isReady()).toBe(false);
    for (let minute = 0; minute < READY_CLOSES; minute++) update(engine, 1, minute, cases[0]!.bars);
    expect(engine.isReady()).toBe(true);
  });

  it('starts afresh with the session, but for what a minute usually trades', () => {
    const engine = new FeatureEngine(1);
    for (let session = 0; session < 6; session++) {
      engine.startSession(session + 1);
      expect(engine.isReady()).toBe(false);
      for (let minute = 0; minute < 40; minute++) update(engine, 0, minute, cases[0]!.bars);
    }
    const relativeVolume = FEATURE_NAMES.indexOf('relativeVolume');
    const sixth = observe(engine, 39, [0]);
    const single = alone(cases[0]!.bars, 40);
    // Every session traded the same, so the sixth is exactly usual.
    expect(sixth[relativeVolume]).toBe(1);
    expect(single[relativeVolume]).not.toBe(1);
    expect(sixth.toSpliced(relativeVolume, 1)).toEqual(single.toSpliced(relativeVolume, 1));
  });
});

describe('the feature schema', () => {
  it('names every feature once, in the order of the observation', () => {
    const lines = featureSchemaText(2).split('\n').slice(3);
    expect(lines.map((line) => line.split(' ')[0])).toEqual([...FEATURE_NAMES]);
  });

  it('differs by the number of symbols, as the observation does', () => {
    expect(featureSchemaText(3)).toContain('[3 x 11 features, then 3 positions in shares]');
    expect(featureSchemaText(3)).not.toBe(featureSchemaText(2));
  });
});

function alone(bars: Bars, minutes: number): number[] {
  const engine = new FeatureEngine(1);
  engine.startSession(1);
  for (let minute = 0; minute < minutes; minute++) update(engine, 0, minute, bars);
  return observe(engine, minutes - 1, [0]);
}

function update(engine: FeatureEngine, s: number, minute: number, bars: Bars): void {
  engine.update(s, minute, bars.high[minute]!, bars.low[minute]!, bars.close[minute]!, bars.volume[minute]!);
}

function observe(engine: FeatureEngine, minute: number, quantity: readonly number[]): number[] {
  const out = new Float32Array(quantity.length * (FEATURE_COUNT + 1));
  engine.writeObservation(minute, quantity, out);
  return [...out];
}
