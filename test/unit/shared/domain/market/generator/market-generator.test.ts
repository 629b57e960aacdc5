/**
 * The generated market: repeatable, independent of company and order, and clean.
 */

import { describe, expect, it } from 'vitest';
import { sessionOn, sessionsBetween } from '../../../../../../shared/domain/calendar/calendar.ts';
import { MinuteFrame, PRESENT } from '../../../../../../shared/domain/market/frame.ts';
import { MarketGenerator } from '../../../../../../shared/domain/market/generator/market-generator.ts';
import { QualityStage } from '../../../../../../shared/domain/quality/quality.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const MONDAY = sessionOn(20260105)!;
const TUESDAY = sessionOn(20260106)!;

function generator(seed = 1, symbols: readonly string[] = SYMBOLS): MarketGenerator {
  return new MarketGenerator({ symbols, seed });
}

describe('the generated market', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(generator().session(MONDAY)).toEqual(generator().session(MONDAY));
    expect(generator().session(MONDAY).closeE4).not.toEqual(generator(2).session(MONDAY).closeE4);
  });

  it('gives a session whatever was asked for before it', () => {
    const one = generator();
    const [monday, tuesday] = [one.session(MONDAY), one.session(TUESDAY)];
    const other = generator();
    expect(other.session(TUESDAY)).toEqual(tuesday);
    expect(other.session(MONDAY)).toEqual(monday);
  });

  it('gives a symbol the same bars in whatever company', () => {
    const alone = generator(1, ['MSFT']).session(MONDAY);
    const together = generator(1, ['AAPL', 'MSFT', 'NVDA']).session(MONDAY);
    expect(together.closeE4.slice(390, 780)).toEqual(alone.closeE4);
    expect(together.volume.slice(390, 780)).toEqual(alone.volume);
  });

  it('has every minute, half-days included', () => {
    const halfDay = sessionOn(20261127)!;
    const table = generator().session(halfDay);
    expect(table.minutes).toBe(210);
    expect(table.status.every((status) => status === PRESENT)).toBe(true);
  });

  it('holds nothing that quality objects to, in 60 sessions of a quiet and a restless symbol', () => {
    const symbols = ['AAPL', 'SPY', 'TSLA'];
    const market = generator(7, symbols);
    const frame = new MinuteFrame(symbols.length);
    const quality = new QualityStage(symbols.length);
    let objections = 0;
    for (const session of sessionsBetween(20260105, 20260401)) {
      const table = market.session(session);
      quality.startSession();
      for (let minute = 0; minute < table.minutes; minute++) {
        table.readMinute(minute, frame);
        quality.step(frame);
        for (const faults of frame.faults) if (faults !== 0) objections++;
      }
    }
    expect(objections).toBe(0);
  });

  it('stays among real prices from the first to the last year of the calendar', () => {
    const market = generator(3, ['AAPL']);
    for (const date of [20100104, 20150105, 20200106, 20240102, 20281229]) {
      const [openE4] = market.session(sessionOn(date)!).openE4;
      expect(openE4).toBeGreaterThan(1_200_000);
      expect(openE4).toBeLessThan(5_500_000);
    }
  });

  it('gives any name a price and a volume', () => {
    const table = generator(1, ['A', 'BRK.B', 'ZZZZ9']).session(MONDAY);
    expect(Math.min(...table.lowE4)).toBeGreaterThan(50_000);
    expect(Math.min(...table.volume)).toBeGreaterThanOrEqual(100);
  });
});
