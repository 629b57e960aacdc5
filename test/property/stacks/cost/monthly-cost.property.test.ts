/**
 * A month holds together whatever is asked: lows below highs, lines that add up, and more of anything never costs less.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASSUMPTION_NAMES, assumedRange, assumptionOf } from '../../../../stacks/cost/assumptions.ts';
import { type CostOptions, monthlyCost } from '../../../../stacks/cost/monthly-cost.ts';
import { GPU_NAMES, NETWORK_NAMES, PROFILE_NAMES } from '../../../../stacks/cost/profiles.ts';
import { CASES, type Range } from '../../../../stacks/cost/range.ts';
import type { CostReport } from '../../../../stacks/cost/report.ts';

const NOW_MS = Date.parse('2026-11-28');
const HOURS_OF_FEBRUARY = 672;

const profiles = fc.constantFrom(...PROFILE_NAMES);
const months = fc
  .tuple(fc.integer({ min: 2024, max: 2028 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, month]) => `${year}-${String(month).padStart(2, '0')}`);

const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Fewer, then more. */
const hours = fc
  .tuple(fc.integer({ min: 0, max: HOURS_OF_FEBRUARY - 1 }), fc.integer({ min: 1, max: HOURS_OF_FEBRUARY }))
  .map(([few, more]) => [few, Math.min(HOURS_OF_FEBRUARY, few + more)] as const);

const options: fc.Arbitrary<CostOptions> = fc.record(
  {
    nowMs: fc.constant(NOW_MS),
    month: months,
    symbols: fc.integer({ min: 1, max: 500 }),
    gpu: fc.constantFrom(...GPU_NAMES),
    network: fc.constantFrom(...NETWORK_NAMES),
    multiAz: fc.boolean(),
    runnerHours: fc.integer({ min: 0, max: HOURS_OF_FEBRUARY }),
    assume: assumptions(),
  },
  { requiredKeys: ['nowMs', 'month'] },
);

describe('a month', () => {
  it('adds up exactly, in each of its three cases', () => {
    fc.assert(
      fc.property(profiles, options, (profile, asked) => {
        const { items, totalUsdMicro } = monthlyCost(profile, asked);
        expect(totalUsdMicro === null).toBe(items.length === 0);
        for (const which of CASES) {
          const sum = items.reduce((all, { usdMicro }) => all + BigInt(usdMicro[which]), 0n);
          expect(BigInt(totalUsdMicro?.[which] ?? 0)).toBe(sum);
        }
      }),
    );
  });

  it('has lows up to mids up to highs, in quantity and in money, and moves its sum within what its items say', () => {
    fc.assert(
      fc.property(profiles, options, (profile, asked) => {
        const report = monthlyCost(profile, asked);
        for (const { quantity, usdMicro } of report.items) expect(isRising(quantity) && isRising(usdMicro)).toBe(true);
        const { mid = 0 } = report.totalUsdMicro ?? {};
        for (const { totalUsdMicro } of report.sensitivity) {
          expect(totalUsdMicro.low <= mid && mid <= totalUsdMicro.high).toBe(true);
        }
      }),
    );
  });

  it('never costs less with more symbols', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: 499 }), fc.integer({ min: 1, max: 499 }));
    fc.assert(
      fc.property(profiles, options, pair, (profile, asked, [few, more]) => {
        const less = monthlyCost(profile, { ...asked, symbols: few });
        const most = monthlyCost(profile, { ...asked, symbols: Math.min(500, few + more) });
        expect(cheaperLines(less, most)).toEqual([]);
      }),
    );
  });

  it('never costs less with more hours of the runner', () => {
    fc.assert(
      fc.property(profiles, options, hours, (profile, asked, [few, many]) => {
        const less = monthlyCost(profile, { ...asked, runnerHours: few });
        const most = monthlyCost(profile, { ...asked, runnerHours: many });
        expect(cheaperLines(less, most)).toEqual([]);
      }),
    );
  });

  it('costs more with more hours of a GPU', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('paper' as const, 'growth' as const),
        months,
        hours,
        (profile, month, [few, many]) => {
          const [less, most] = [few, many].map((runnerHours) =>
            monthlyCost(profile, { nowMs: NOW_MS, month, runnerHours }),
          );
          expect(most!.totalUsdMicro!.mid).toBeGreaterThan(less!.totalUsdMicro!.mid);
        },
      ),
    );
  });

  it('never costs less when an assumption grows', () => {
    const names = fc.constantFrom(...ASSUMPTION_NAMES);
    fc.assert(
      fc.property(profiles, options, names, share, (profile, asked, name, part) => {
        const before = (asked.assume?.[name] ?? assumedRange(name, profile))?.mid ?? 0;
        const after = before + (assumptionOf(name).max - before) * part;
        const [less, most] = [before, after].map((value) =>
          monthlyCost(profile, {
            ...asked,
            assume: { ...asked.assume, [name]: { low: value, mid: value, high: value } },
          }),
        );
        expect(cheaperLines(less!, most!)).toEqual([]);
      }),
    );
  });

  it('is the same whenever the same is asked', () => {
    fc.assert(
      fc.property(profiles, options, (profile, asked) => {
        expect(monthlyCost(profile, asked)).toEqual(monthlyCost(profile, asked));
      }),
      { numRuns: 20 },
    );
  });
});

/** A few assumptions in place of the profile's, each rising and within its limit. */
function assumptions(): fc.Arbitrary<NonNullable<CostOptions['assume']>> {
  const one = fc.tuple(fc.constantFrom(...ASSUMPTION_NAMES), fc.tuple(share, share, share));
  return fc.array(one, { maxLength: 5 }).map((some) =>
    Object.fromEntries(
      some.map(([name, parts]) => {
        const [low, mid, high] = parts.toSorted((a, b) => a - b).map((part) => part * assumptionOf(name).max);
        return [name, { low: low!, mid: mid!, high: high! }];
      }),
    ),
  );
}

function isRising({ low, mid, high }: Range): boolean {
  return low <= mid && mid <= high;
}

/** Lines that cost less in the second report. */
function cheaperLines(less: CostReport, most: CostReport): string[] {
  return less.items.flatMap(({ id, usdMicro }) => {
    const other = most.items.find((item) => item.id === id)!.usdMicro;
    return CASES.filter((which) => other[which] < usdMicro[which]).map((which) => `${id}, ${which}`);
  });
}
