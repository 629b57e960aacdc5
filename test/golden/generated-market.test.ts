/**
 * The generated market is the same today as when these sums were taken.
 */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sessionOn } from '../../shared/domain/calendar/calendar.ts';
import { GENERATOR_VERSION, MarketGenerator } from '../../shared/domain/market/generator/market-generator.ts';

/** SHA-256 over the columns of a session, little-endian, in the order open, high, low, close, volume. */
function digestOf(options: { symbols: readonly string[]; seed: number; date: number }): string {
  const table = new MarketGenerator(options).session(sessionOn(options.date)!);
  const hash = createHash('sha256');
  for (const column of [table.openE4, table.highE4, table.lowE4, table.closeE4, table.volume]) {
    hash.update(new Uint8Array(column.buffer));
  }
  return hash.digest('hex');
}

// Whoever changes these changes the market of every run and every ledger hash made on it: count GENERATOR_VERSION up, under
// which bars are stored, and say so in the changelog.
describe('the generated market', () => {
  it('has the version that these sums belong to', () => {
    expect(GENERATOR_VERSION).toBe(1);
  });

  it.each([
    ['AAPL,MSFT', 1, 20260105, '7b77c1854257ab69f017c01e81ec7860d73c9f3f768506602f1c3b1dbf5c8007'],
    ['AAPL,MSFT', 1, 20261127, '7ad171ee1265bdddd5814558fdabbdd6297b55a920612be6a9c9845ec4b4b65c'],
    ['BRK.B,NVDA,SPY', 4_294_967_295, 20101231, 'd4234974da5830e79c0a54d59853a56f6c5ee4dd7493778b72459cc4f357556c'],
  ])('of %s with seed %d on %d has the bars it always had', (symbols, seed, date, expected) => {
    expect(digestOf({ symbols: symbols.split(','), seed, date })).toBe(expected);
  });
});
