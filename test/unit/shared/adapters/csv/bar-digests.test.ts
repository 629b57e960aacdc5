/**
 * The name of recorded bars: of every value and of every minute that has none.
 */

import { describe, expect, it } from 'vitest';
import { barDigests } from '../../../../../shared/adapters/csv/bar-digests.ts';
import { type Bar, bar, tableOf } from '../../../../support/core/core.ts';

const nameOf = (...bars: readonly (Bar | null)[]) => barDigests(tableOf([bars]))[0]!;
const FIVE = Array.from({ length: 5 }, () => bar());

describe('the name of a session’s bars', () => {
  it('is the same for the same bars, and fits a column', () => {
    expect(nameOf(...FIVE)).toBe(nameOf(...FIVE.map((each) => ({ ...each }))));
    expect(nameOf(...FIVE)).toMatch(/^recorded\/[0-9a-f]{32}$/);
  });

  it('is another one for each minute that could be missing, though all bars are alike', () => {
    const names = FIVE.map((_, missing) => nameOf(...FIVE.map((each, minute) => (minute === missing ? null : each))));
    expect(new Set([...names, nameOf(...FIVE)]).size).toBe(6);
  });

  it.each([
    ['openE4', 1_000_100],
    ['highE4', 1_010_000],
    ['lowE4', 990_000],
    ['closeE4', 1_000_100],
    ['volume', 7],
    ['volume', Number.NaN],
    ['faults', 1],
  ] as const)('is another one where %s is %d in one minute', (field, value) => {
    const [first, ...rest] = FIVE;
    expect(first![field]).not.toBe(value);
    expect(nameOf({ ...first!, [field]: value }, ...rest)).not.toBe(nameOf(...FIVE));
  });

  it('belongs to its symbol: what another one did changes nothing', () => {
    const [aapl] = barDigests(tableOf([FIVE, FIVE]));
    const [same, other] = barDigests(tableOf([FIVE, FIVE.with(2, bar({ volume: 7 }))]));
    expect([same, other === aapl]).toEqual([aapl, false]);
  });
});
