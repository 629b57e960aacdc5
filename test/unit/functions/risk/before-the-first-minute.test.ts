/**
 * What an operator commands and a pulse reports before the first minute: it takes effect at that minute, and stands since
 * the open of its session, whatever the clock on the wall says.
 */

import { describe, expect, it } from 'vitest';
import { HaltLog } from '../../../../shared/domain/run/halt-log.ts';
import { SESSION } from '../../../support/core/core.ts';
import {
  BUYS,
  decide,
  feel,
  openRisk,
  outcome,
  say,
  stateOf,
  stored,
  verdictOf,
} from '../../../support/trading/risk-bench.ts';

const RESTARTS = [false, true];
/** Months after the session that is played. */
const WALL_MS = SESSION.openMs + 300 * 86_400_000;

describe('an operator', () => {
  it.each(RESTARTS)('takes effect before the first session too (restart: %s)', async (restart) => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    if (restart) bench.restart();
    expect(bench.answers()).toEqual([]);
    const first = await decide(bench, BUYS);
    expect([stateOf(first), verdictOf(first)]).toEqual(['HALTED OPERATOR_HALT', 'STATE_HALTED']);
    expect(bench.database.tables.riskEvents.all().map(({ eventMs }) => eventMs)).toEqual([
      SESSION.openMs,
      SESSION.openMs,
    ]);
  });

  it.each([
    ['is open', false],
    ['is open, over a restart', true],
  ])('who halts before the first minute of a session that %s does so at its open', async (_, restart) => {
    const bench = await openRisk();
    await say(bench, { command: 'halt', issuedAtMs: WALL_MS });
    if (restart) bench.restart();
    const own = [{ cause: 'OPERATOR_HALT', sinceMs: SESSION.openMs, by: 'ada', why: 'lunch' }];
    expect([outcome(bench).causes, stored(bench)?.causes]).toEqual([own, own]);
    expect((await decide(bench)).causes).toEqual(own);
  });

  it.each(RESTARTS)(
    'whose halt comes before any session is open has it dated by the first (restart: %s)',
    async (restart) => {
      const bench = await openRisk();
      const { sessions } = bench.database.tables;
      const key = `run-1/${SESSION.date}`;
      const opened = sessions.get(key)!;
      sessions.delete(key);
      for (const why of ['one', 'two']) {
        await say(bench, { cause: 'AUDIT_FAILED', operator: 'audit', reason: why, issuedAtMs: WALL_MS });
      }
      if (restart) bench.restart();
      sessions.insert(key, opened);
      const { causes } = await decide(bench);
      expect(causes.map(({ sinceMs, why }) => [sinceMs, why])).toEqual([
        [SESSION.openMs, 'one'],
        [SESSION.openMs, 'two'],
      ]);
      expect((await decide(bench, { minuteIndex: 1 })).causes).toEqual(causes);
    },
  );

  it('whose halt before the first minute is lifted after it sees it end after it began', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt', issuedAtMs: WALL_MS });
    await decide(bench);
    await say(bench, { command: 'arm', issuedAtMs: WALL_MS + 1 });
    await decide(bench, { minuteIndex: 1 });
    const log = new HaltLog();
    const ofMinutes = bench.database.tables.decisions.all().filter(({ decision }) => decision.session > 0);
    for (const { decision } of ofMinutes) log.add(decision.eventMs, decision.causes);
    expect(log.halts()).toMatchObject([{ atMs: SESSION.openMs, liftedAtMs: SESSION.openMs + 60_000 }]);
  });

  it('before the first session closes none', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    expect(stored(bench)).toMatchObject({ session: 0, closed: false });
  });
});

describe('a pulse', () => {
  it('before the first session is dated by the open', async () => {
    const bench = await openRisk();
    await feel(bench, { feedState: 'dead' });
    expect(bench.database.tables.riskEvents.all()).toMatchObject([{ eventMs: SESSION.openMs }]);
    const decision = await decide(bench, BUYS);
    expect(stateOf(decision)).toBe('REDUCING FEED_DEAD');
    expect(decision.causes).toMatchObject([{ sinceMs: SESSION.openMs }]);
  });
});
