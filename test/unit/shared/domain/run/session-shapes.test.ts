/**
 * Every shape that a session of the calendar has, played from its open to its close.
 */

import { describe, expect, it } from 'vitest';
import { type Session, sessionsBetween } from '../../../../../shared/domain/calendar/calendar.ts';
import { FIRST_YEAR, LAST_YEAR } from '../../../../../shared/domain/calendar/holidays.ts';
import { MarketGenerator } from '../../../../../shared/domain/market/generator/market-generator.ts';
import { MINUTE_MS } from '../../../../../shared/domain/units/units.ts';
import { runConfig } from '../../../../support/core/core.ts';
import { stagedRun } from '../../../../support/core/core-run.ts';

const SYMBOLS = ['AAPL', 'MSFT'];

/** `390 minutes from 14:30 UTC`: winter and summer time open at another hour of the world's clock. */
function shapeOf({ minutes, openMs }: Session): string {
  return `${minutes} minutes from ${new Date(openMs).toISOString().slice(11, 16)} UTC`;
}

const sessions = sessionsBetween(FIRST_YEAR * 10_000 + 101, LAST_YEAR * 10_000 + 1231);
const byShape = Map.groupBy(sessions, shapeOf);
/** The first and the last of each shape, beside which the calendar begins and ends. */
const played = [...byShape.values()].flatMap((alike) => [alike[0]!, alike.at(-1)!]);

describe('the sessions of the calendar', () => {
  it('have four shapes', () => {
    expect([...byShape.keys()].toSorted()).toEqual([
      '210 minutes from 13:30 UTC',
      '210 minutes from 14:30 UTC',
      '390 minutes from 13:30 UTC',
      '390 minutes from 14:30 UTC',
    ]);
  });

  it.each(played.map((session) => ({ session, name: `${session.date}, ${shapeOf(session)}` })))(
    'are decided in each of their minutes and end flat: $name',
    ({ session }) => {
      const table = new MarketGenerator({ symbols: SYMBOLS, seed: 1 }).session(session);
      const config = runConfig({ symbols: SYMBOLS, policy: 'random' });
      const { minutes } = stagedRun({ config, sessions: [{ session, table }], dailyBars: [] });
      expect(minutes.map(({ decision }) => decision.eventMs - session.openMs)).toEqual(
        Array.from({ length: session.minutes }, (_, minute) => (minute + 1) * MINUTE_MS),
      );
      const orders = minutes.flatMap(({ decision }) => decision.orders);
      const entered = orders.filter(({ kind }) => kind === 'ENTRY').map(({ minuteIndex }) => minuteIndex);
      expect(entered.length).toBeGreaterThan(10);
      expect(Math.max(...entered)).toBeLessThanOrEqual(session.minutes - 3);
      const left = orders.filter(({ kind }) => kind === 'EXIT').map(({ minuteIndex }) => minuteIndex);
      expect(Math.max(...left)).toBeLessThanOrEqual(session.minutes - 2);
      expect(minutes.at(-1)!.risk.account.positions.map(({ quantity }) => quantity)).toEqual([0, 0]);
      const fillsMs = minutes.flatMap(({ report }) => report.fills.map(({ eventMs }) => eventMs - session.openMs));
      expect(Math.min(...fillsMs)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...fillsMs)).toBeLessThan(session.minutes * MINUTE_MS);
    },
  );
});
