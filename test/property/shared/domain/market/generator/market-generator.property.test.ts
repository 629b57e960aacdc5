/**
 * Bars of the generated market fit together for any symbol, seed and session.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionsBetween } from '../../../../../../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../../../../../../shared/domain/market/bar-table.ts';
import { MarketGenerator } from '../../../../../../shared/domain/market/generator/market-generator.ts';

const SESSIONS = sessionsBetween(20100104, 20281229);
const TICK_E4 = 100;
const symbol = fc.stringMatching(/^[A-Z][A-Z0-9.-]{0,11}$/);

function misfits(table: BarTable): object[] {
  const found: object[] = [];
  for (let at = 0; at < table.minutes; at++) {
    const [open, high, low, close] = [table.openE4[at]!, table.highE4[at]!, table.lowE4[at]!, table.closeE4[at]!];
    const volume = table.volume[at]!;
    const fits = low > 0 && low <= open && open <= high && low <= close && close <= high;
    const isWhole = [open, high, low, close].every((price) => price % TICK_E4 === 0);
    if (!fits || !isWhole || !Number.isSafeInteger(volume) || volume < 1)
      found.push({ at, open, high, low, close, volume });
  }
  return found;
}

describe('any generated session', () => {
  it('has whole cents, whole shares and prices that fit together', () => {
    fc.assert(
      fc.property(symbol, fc.nat(0xffff_ffff), fc.nat(SESSIONS.length - 1), (name, seed, day) => {
        const table = new MarketGenerator({ symbols: [name], seed }).session(SESSIONS[day]!);
        expect(misfits(table)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('opens where the session before closed, give or take a gap', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: SESSIONS.length - 1 }), (seed, day) => {
        const market = new MarketGenerator({ symbols: ['AAPL'], seed });
        const before = market.session(SESSIONS[day - 1]!).closeE4.at(-1)!;
        const open = market.session(SESSIONS[day]!).openE4[0]!;
        expect(Math.abs(open / before - 1)).toBeLessThan(0.3);
      }),
      { numRuns: 50 },
    );
  });
});
