/**
 * Times and minutes in sentences: New York's clock in winter and summer, minutes from 1.
 */

import { describe, expect, it } from 'vitest';
import { exchangeClock, exchangeTime, minuteName } from '../../../../../shared/domain/calendar/exchange-time.ts';
import { sessionOn } from '../../../../../shared/domain/calendar/calendar.ts';

describe('a time for people', () => {
  it.each([
    ['2025-01-03T14:31:07.999Z', '2025-01-03 09:31:07 ET'],
    ['2025-07-03T13:30:00.000Z', '2025-07-03 09:30:00 ET'],
    ['2025-01-03T03:00:00.000Z', '2025-01-02 22:00:00 ET'],
  ])('%s is %s', (utc, text) => {
    expect(exchangeTime(Date.parse(utc))).toBe(text);
  });

  it.each([20_250_103, 20_250_703, 20_250_310, 20_251_103])('says of the open of %i that it is 09:30', (date) => {
    expect(exchangeClock(sessionOn(date)!.openMs)).toBe('09:30');
  });
});

describe('a minute for people', () => {
  it('is counted from 1', () => {
    expect([minuteName(0), minuteName(389)]).toEqual(['minute 1', 'minute 390']);
  });
});
