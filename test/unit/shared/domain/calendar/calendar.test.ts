/**
 * The exchange calendar against the XNYS calendar of exchange_calendars, and the days that rules get wrong.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FULL_SESSION_MINUTES,
  nextSession,
  previousSession,
  type Session,
  sessionAt,
  sessionOn,
  sessionsBetween,
  whyClosed,
} from '../../../../../shared/domain/calendar/calendar.ts';
import { readFixture } from '../../../../support/core/oracles.ts';

type Row = readonly [date: number, openUtc: string, minutes: number];

const MINUTE_MS = 60_000;
const FIRST_DATE = 20_100_101;
const LAST_DATE = 20_281_231;

const { months } = readFixture<{ months: Readonly<Record<string, readonly Row[]>> }>('calendar');
const oracle = Object.values(months).flat();
const all = sessionsBetween(FIRST_DATE, LAST_DATE);

describe('the exchange calendar', () => {
  it('has the sessions of exchange_calendars from 2010 to 2028, with their opens in UTC and their lengths', () => {
    const ours = all.map((session): Row => [session.date, openUtc(session), session.minutes]);
    const known = new Set(oracle.map(String));
    const claimed = new Set(ours.map(String));
    expect(oracle.length).toBeGreaterThan(4_700);
    expect({
      missing: oracle.filter((row) => !claimed.has(String(row))),
      invented: ours.filter((row) => !known.has(String(row))),
    }).toEqual({ missing: [], invented: [] });
  });

  it('opens each session on the day of its date', () => {
    const misplaced = all.filter(({ date, openMs }) => {
      const [year, month, day] = new Date(openMs).toISOString().slice(0, 10).split('-').map(Number);
      return year! * 10_000 + month! * 100 + day! !== date;
    });
    expect(misplaced).toEqual([]);
  });

  it.each([
    [20_121_029, 'Hurricane Sandy'],
    [20_121_030, 'Hurricane Sandy'],
    [20_181_205, 'National day of mourning for George H. W. Bush'],
    [20_250_109, 'National day of mourning for Jimmy Carter'],
    [20_220_620, 'Juneteenth'],
    [20_260_703, 'Independence Day'],
    [20_270_618, 'Juneteenth'],
    [20_271_224, 'Christmas Day'],
    [20_250_418, 'Good Friday'],
    [20_250_104, 'weekend'],
  ])('is closed on %d and says why: %s', (date, reason) => {
    expect(sessionOn(date)).toBeNull();
    expect(whyClosed(date)).toBe(reason);
  });

  it.each([
    [20_211_231, 'the Friday before a New Year on a Saturday'],
    [20_210_618, 'Juneteenth before the exchange kept it'],
    [20_180_702, 'the Monday before Independence Day'],
  ])('trades on %d: %s', (date) => {
    expect(sessionOn(date)?.minutes).toBe(FULL_SESSION_MINUTES);
    expect(whyClosed(date)).toBeNull();
  });

  it.each([20_130_703, 20_241_129, 20_241_224, 20_250_703, 20_261_127, 20_261_224])('closes early on %d', (date) => {
    expect(sessionOn(date)).toMatchObject({ isHalfDay: true, minutes: 210 });
  });

  it.each([
    ['before summer time', 20_250_307, '14:30'],
    ['after its start', 20_250_310, '13:30'],
    ['before its end', 20_251_031, '13:30'],
    ['after its end', 20_251_103, '14:30'],
  ])('opens at 09:30 in New York %s', (_, date, open) => {
    expect(openUtc(sessionOn(date)!)).toBe(open);
  });

  it.each([20_091_231, 20_290_102])('refuses %d by name instead of guessing', (date) => {
    const text = `${String(date).slice(0, 4)}-${String(date).slice(4, 6)}-${String(date).slice(6)}`;
    const refusal = `date ${text} is outside the exchange calendar, which covers 2010 to 2028`;
    expect(() => sessionOn(date)).toThrow(refusal);
    expect(() => whyClosed(date)).toThrow(refusal);
  });
});

describe('neighbouring sessions', () => {
  it.each([
    ['over Sandy', 20_121_026, 20_121_031],
    ['over a long weekend', 20_250_117, 20_250_121],
    ['over a day of mourning', 20_250_108, 20_250_110],
    ['over the turn of the year', 20_251_231, 20_260_102],
  ])('are found %s', (_, date, next) => {
    expect(nextSession(date).date).toBe(next);
    expect(previousSession(next).date).toBe(date);
  });

  it('are found from a day without one', () => {
    expect([previousSession(20_250_704).date, nextSession(20_250_704).date]).toEqual([20_250_703, 20_250_707]);
  });

  it('are each other’s neighbours all along the calendar', () => {
    const forwards = all.slice(0, -1).map(({ date }) => nextSession(date).date);
    const backwards = all.slice(1).map(({ date }) => previousSession(date).date);
    expect(forwards).toEqual(all.slice(1).map(({ date }) => date));
    expect(backwards).toEqual(all.slice(0, -1).map(({ date }) => date));
  });

  it('do not exist beyond the calendar', () => {
    expect(() => nextSession(20_281_229)).toThrow('date 2029-01-01 is outside the exchange calendar');
    expect(() => previousSession(20_100_104)).toThrow('date 2009-12-31 is outside the exchange calendar');
  });
});

describe('a span of sessions', () => {
  it('includes both of its ends', () => {
    expect(sessionsBetween(20_250_108, 20_250_113).map(({ date }) => date)).toEqual([
      20_250_108, 20_250_110, 20_250_113,
    ]);
  });

  it('is empty over a holiday, and where it ends before it starts', () => {
    expect(sessionsBetween(20_250_109, 20_250_109)).toEqual([]);
    expect(sessionsBetween(20_250_113, 20_250_108)).toEqual([]);
  });
});

describe('an instant', () => {
  it('belongs to the minute that contains it, and to none outside the session', () => {
    const places = fc.record({
      index: fc.nat(all.length - 1),
      minute: fc.integer({ min: -600, max: 600 }),
      ms: fc.nat(MINUTE_MS - 1),
    });
    fc.assert(
      fc.property(places, ({ index, minute, ms }) => {
        const session = all[index]!;
        const found = sessionAt(session.openMs + minute * MINUTE_MS + ms);
        const isOpen = minute >= 0 && minute < session.minutes;
        expect(found).toEqual(isOpen ? { session, minuteIndex: minute } : null);
      }),
    );
  });

  it.each([
    ['the last millisecond before the open', '2025-01-03T14:29:59.999Z', null],
    ['the open', '2025-01-03T14:30:00.000Z', 0],
    ['the last millisecond of the session', '2025-01-03T20:59:59.999Z', 389],
    ['the close', '2025-01-03T21:00:00.000Z', null],
    ['the last minute of a half-day', '2024-12-24T17:59:00.000Z', 209],
    ['the afternoon of a half-day', '2024-12-24T18:00:00.000Z', null],
    ['a holiday', '2025-07-04T15:00:00.000Z', null],
  ])('at %s (%s) is minute %s', (_, at, minuteIndex) => {
    expect(sessionAt(Date.parse(at))?.minuteIndex ?? null).toBe(minuteIndex);
  });

  it('beyond the calendar is refused', () => {
    expect(() => sessionAt(Date.parse('2031-05-05T15:00:00Z'))).toThrow('date 2031-05-05 is outside');
  });
});

function openUtc({ openMs }: Session): string {
  return new Date(openMs).toISOString().slice(11, 16);
}
