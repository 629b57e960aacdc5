/**
 * Rolling correlation against a naive Pearson, and when it is unknown.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReturnWindow } from '../../../../../shared/domain/sizing/correlation.ts';
import { seededRandom } from '../../../../support/core/seeded-random.ts';

function windowOf(a: readonly number[], b: readonly number[]): ReturnWindow {
  const window = new ReturnWindow(2);
  a.forEach((closeE4, minute) => {
    window.push(0, closeE4);
    window.push(1, b[minute]!);
  });
  return window;
}

/** Sums over the common returns of the last 60 minutes, by the textbook formula. */
function naive(a: readonly number[], b: readonly number[]): number {
  if (a.length < 61) return Number.NaN;
  const xs: number[] = [];
  const ys: number[] = [];
  for (let at = a.length - 60; at < a.length; at++) {
    if ([a[at], a[at - 1], b[at], b[at - 1]].includes(0)) continue;
    xs.push(a[at]! / a[at - 1]! - 1);
    ys.push(b[at]! / b[at - 1]! - 1);
  }
  const n = xs.length;
  if (n < 48) return Number.NaN;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [meanX, meanY] = [sum(xs) / n, sum(ys) / n];
  const cross = sum(xs.map((x, at) => (x - meanX) * (ys[at]! - meanY)));
  return cross / Math.sqrt(sum(xs.map((x) => (x - meanX) ** 2)) * sum(ys.map((y) => (y - meanY) ** 2)));
}

/** Closes of two symbols that share `share` of their moves; a close of 0 is a missing bar. */
function closes(seed: number, minutes: number, share: number, gapRate: number): [number[], number[]] {
  const random = seededRandom(seed);
  const prices = [1_000_000, 2_400_000];
  const out: [number[], number[]] = [[], []];
  for (let minute = 0; minute < minutes; minute++) {
    const common = random() - 0.5;
    for (const s of [0, 1] as const) {
      prices[s] = Math.round(prices[s]! * (1 + 0.002 * (share * common + (1 - share) * (random() - 0.5))));
      out[s].push(random() < gapRate ? 0 : prices[s]);
    }
  }
  return out;
}

describe('correlation', () => {
  it('agrees with a naive Pearson over the last 60 minutes, gaps included', () => {
    const market = fc.tuple(
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 0.02, 0.1),
    );
    fc.assert(
      fc.property(market, ([seed, minutes, share, gapRate]) => {
        const [a, b] = closes(seed, minutes, share, gapRate);
        const found = windowOf(a, b).correlation(0, 1);
        const expected = naive(a, b);
        expect(Number.isNaN(found)).toBe(Number.isNaN(expected));
        expect(Number.isNaN(found) || Math.abs(found - expected) < 1e-9).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is one for one move, minus one for its mirror', () => {
    const up = Array.from({ length: 61 }, (_, at) => 1_000_000 + (at % 2) * 1_000);
    const mirror = up.map((value) => 2_001_000 - value);
    expect(windowOf(up, up).correlation(0, 1)).toBeCloseTo(1, 9);
    expect(windowOf(up, mirror).correlation(0, 1)).toBeCloseTo(-1, 3);
  });

  it('is unknown before 61 closes', () => {
    const [a, b] = closes(1, 61, 1, 0);
    expect(windowOf(a.slice(1), b.slice(1)).correlation(0, 1)).toBeNaN();
    expect(windowOf(a, b).correlation(0, 1)).not.toBeNaN();
  });

  it('is unknown with fewer than 48 common returns', () => {
    const [a, b] = closes(1, 61, 1, 0);
    // A gap at the newest minute takes one return; the others take two each.
    const gapped = (gaps: number): number[] =>
      a.map((close, at) => (at > 0 && at <= 2 * gaps && at % 2 === 1 ? 0 : close));
    expect(windowOf(gapped(6), b).correlation(0, 1)).not.toBeNaN();
    expect(windowOf(gapped(7), b).correlation(0, 1)).toBeNaN();
  });

  it('is unknown for a price that does not move', () => {
    const [a] = closes(1, 61, 1, 0);
    const still = a.map(() => 1_000_000);
    expect(windowOf(a, still).correlation(0, 1)).toBeNaN();
  });

  it('forgets the session before', () => {
    const [a, b] = closes(1, 100, 1, 0);
    const window = windowOf(a, b);
    window.reset();
    expect(window.correlation(0, 1)).toBeNaN();
  });
});
