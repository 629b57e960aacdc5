/**
 * Session dates: reading, writing, counting days.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  dateOfDay,
  dayOfDate,
  formatSessionDate,
  parseSessionDate,
  weekday,
} from '../../../../../shared/domain/calendar/session-date.ts';

const days = fc.integer({ min: 0, max: 30_000 });

describe('a session date', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(days, (day) => {
        const date = dateOfDay(day);
        expect(parseSessionDate(formatSessionDate(date))).toBe(date);
        expect(dayOfDate(date)).toBe(day);
      }),
    );
  });

  it.each(['2025-1-3', '20250103', '2025-01-03T00:00', '', 'today'])('refuses the form of %j', (text) => {
    expect(() => parseSessionDate(text)).toThrow(`date '${text}' is not of the form YYYY-MM-DD, such as 2025-01-03`);
  });

  it.each(['2025-02-29', '2025-13-01', '2025-04-31', '2025-00-10', '2025-01-00'])('refuses %s: no such day', (text) => {
    expect(() => parseSessionDate(text)).toThrow(`date '${text}' does not exist in the calendar`);
  });

  it('knows leap days', () => {
    expect(parseSessionDate('2024-02-29')).toBe(20_240_229);
    expect(addDays(20_240_228, 1)).toBe(20_240_229);
    expect(addDays(20_250_228, 1)).toBe(20_250_301);
    expect(addDays(20_250_101, -1)).toBe(20_241_231);
  });

  it.each([
    [20_250_105, 0],
    [20_250_106, 1],
    [20_250_111, 6],
    [19_700_101, 4],
    [19_691_228, 0],
  ])('%d falls on weekday %d', (date, day) => {
    expect(weekday(date)).toBe(day);
  });

  it('counts days as it adds them', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -5_000, max: 5_000 }), (day, step) => {
        const date = dateOfDay(day);
        expect(dayOfDate(addDays(date, step)) - dayOfDate(date)).toBe(step);
        expect(weekday(addDays(date, step))).toBe((((weekday(date) + step) % 7) + 7) % 7);
      }),
    );
  });
});
