/**
 * What an operator says and a pulse feels lasts, over restarts and sessions, and is obeyed at the next minute.
 */

import { describe, expect, it } from 'vitest';
import { SESSION } from '../../../support/core/core.ts';
import { buySignal, command, pulse, symbolSignal } from '../../../support/trading/messages.ts';
import {
  BUYS,
  decide,
  events,
  feel,
  holdFive,
  NEXT,
  openRisk,
  say,
  stateOf,
  stored,
  verdictOf,
} from '../../../support/trading/risk-bench.ts';

describe('an operator', () => {
  const RESTARTS = [false, true];

  it.each(RESTARTS)(
    'halts: positions go flat at the next minute and nothing is bought (restart: %s)',
    async (restart) => {
      const bench = await openRisk();
      await holdFive(bench);
      await say(bench, { command: 'halt' });
      if (restart) bench.restart();
      const next = await decide(bench, { minuteIndex: 2, signals: [symbolSignal('AAPL'), buySignal('MSFT')] });
      expect(stateOf(next)).toBe('HALTED OPERATOR');
      expect(next.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_OPERATOR', 'STATE_HALTED']);
      expect(next.orders).toMatchObject([{ kind: 'EXIT', quantity: 5 }]);
    },
  );

  it.each(RESTARTS)('alone arms what a broken audit has halted (restart: %s)', async (restart) => {
    const bench = await openRisk({ rearm: 'session' });
    await holdFive(bench);
    await say(bench, { command: 'halt', cause: 'AUDIT_FAILED', operator: 'audit' });
    const next = await decide(bench, { minuteIndex: 2, signals: [symbolSignal('AAPL'), buySignal('MSFT')] });
    expect(stateOf(next)).toBe('HALTED AUDIT_FAILED');
    expect(next.orders).toMatchObject([{ kind: 'EXIT', quantity: 5 }]);
    if (restart) bench.restart();
    await say(bench, { command: 'arm', issuedAtMs: SESSION.openMs + 9_000 });
    expect(stateOf(await decide(bench, { minuteIndex: 3 }))).toBe('ACTIVE NONE');
  });

  it.each(RESTARTS)('flattens: the same, until armed (restart: %s)', async (restart) => {
    const bench = await openRisk();
    await holdFive(bench);
    await say(bench, { command: 'flatten' });
    if (restart) bench.restart();
    const next = await decide(bench, { minuteIndex: 2, signals: [symbolSignal('AAPL'), buySignal('MSFT')] });
    expect(stateOf(next)).toBe('REDUCING OPERATOR');
    expect(next.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_OPERATOR', 'STATE_REDUCING']);
    await say(bench, { command: 'arm', issuedAtMs: SESSION.openMs + 9_000 });
    const armed = await decide(bench, { minuteIndex: 3, signals: [symbolSignal('AAPL'), buySignal('MSFT')] });
    expect([stateOf(armed), armed.symbols[1]?.verdict]).toEqual(['ACTIVE NONE', 'APPROVED']);
  });

  it.each(RESTARTS)('arms a halted account, which then trades again (restart: %s)', async (restart) => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    expect(verdictOf(await decide(bench, BUYS))).toBe('STATE_HALTED');
    await say(bench, { command: 'arm' });
    if (restart) bench.restart();
    expect(verdictOf(await decide(bench, { minuteIndex: 1, ...BUYS }))).toBe('APPROVED');
    expect(JSON.parse(stored(bench)!.snapshot)).toMatchObject({ rearms: 1 });
  });

  it.each(RESTARTS)('is obeyed before the first session too (restart: %s)', async (restart) => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    if (restart) bench.restart();
    expect(bench.answers()).toEqual([]);
    const first = await decide(bench, BUYS);
    expect([stateOf(first), verdictOf(first)]).toEqual(['HALTED OPERATOR', 'STATE_HALTED']);
    expect(bench.database.tables.riskEvents.all().map(({ eventMs }) => eventMs)).toEqual([
      command().data.issuedAtMs,
      command().data.issuedAtMs,
    ]);
  });

  it('is obeyed between sessions, for the next one', async () => {
    const bench = await openRisk({ minutesMax: 1 });
    await decide(bench, { minutes: 1 });
    await say(bench, { command: 'flatten' });
    const next = await decide(bench, { ...NEXT, minutes: 1, ...BUYS });
    expect([stateOf(next), verdictOf(next)]).toEqual(['REDUCING OPERATOR', 'STATE_REDUCING']);
  });

  it('is recorded with name and reason, and releases no minute', async () => {
    const bench = await openRisk();
    await decide(bench);
    await say(bench, { command: 'halt', operator: 'ada', reason: 'fed speaks' });
    expect(events(bench)).toEqual(['COMMAND_HALT ada: fed speaks', 'STATE_HALTED OPERATOR']);
    expect(bench.answers()).toHaveLength(1);
    const causes = bench.database.tables.decisions.all().map(({ cause }) => cause);
    expect(causes).toEqual(['minute', 'command']);
  });

  it('who says it twice is heard once', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    await say(bench, { command: 'halt' });
    expect(events(bench)).toHaveLength(2);
  });

  it('cannot move the running peak of an account that trades by arming it', async () => {
    const bench = await openRisk();
    await holdFive(bench);
    await decide(bench, { minuteIndex: 2, signals: [symbolSignal('AAPL', { markE4: 950_000 }), symbolSignal('MSFT')] });
    const { peakEquityE4 } = stored(bench)!;
    await say(bench, { command: 'arm' });
    expect(stored(bench)).toMatchObject({ peakEquityE4, tradingState: 'ACTIVE' });
    expect(JSON.parse(stored(bench)!.snapshot)).toMatchObject({ rearms: 0 });
  });
});

describe('a pulse', () => {
  const troubles = [
    { what: 'a dead feed', data: { feedState: 'dead' as const }, cause: 'FEED_DEAD' },
    { what: 'a stale feed', data: { feedState: 'stale' as const }, cause: 'FEED_DEAD' },
    { what: 'a backup feed', data: { feedState: 'backup' as const }, cause: 'BACKUP_FEED' },
    { what: 'a runner that is down', data: { runnerState: 'down' as const }, cause: 'RUNNER_DEAD' },
  ];

  it.each(troubles)('of $what lets positions only shrink until it is over', async ({ data, cause }) => {
    const bench = await openRisk();
    await decide(bench);
    await feel(bench, data);
    const reduced = await decide(bench, { minuteIndex: 1, ...BUYS });
    expect([stateOf(reduced), verdictOf(reduced)]).toEqual([`REDUCING ${cause}`, 'STATE_REDUCING']);
    bench.restart();
    await feel(bench, { sequence: 1 });
    const recovered = await decide(bench, { minuteIndex: 2, ...BUYS });
    expect([stateOf(recovered), verdictOf(recovered)]).toEqual(['ACTIVE NONE', 'APPROVED']);
    expect(events(bench)).toEqual([`STATE_REDUCING ${cause}`, 'STATE_ACTIVE NONE']);
  });

  it('lets a position be sold while it only shrinks', async () => {
    const bench = await openRisk();
    await holdFive(bench);
    await feel(bench, { feedState: 'dead' });
    const next = await decide(bench, {
      minuteIndex: 2,
      signals: [symbolSignal('AAPL', { action: 0 }), symbolSignal('MSFT')],
    });
    expect([verdictOf(next), next.orders[0]?.kind]).toEqual(['EXIT', 'EXIT']);
  });

  it('of a second trouble keeps reducing when the first is over', async () => {
    const bench = await openRisk();
    await decide(bench);
    await feel(bench, { feedState: 'dead', runnerState: 'down' });
    await feel(bench, { sequence: 1, feedState: 'live', runnerState: 'down' });
    expect(stateOf(await decide(bench, { minuteIndex: 1 }))).toBe('REDUCING RUNNER_DEAD');
  });

  it('never lifts what an operator or a loss has set', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'flatten' });
    await feel(bench, { feedState: 'dead' });
    await feel(bench, { sequence: 1 });
    expect(stateOf(await decide(bench))).toBe('REDUCING OPERATOR');
    await say(bench, { command: 'halt' });
    await feel(bench, { sequence: 2, feedState: 'dead' });
    await feel(bench, { sequence: 3 });
    expect(stateOf(await decide(bench, { minuteIndex: 1 }))).toBe('HALTED OPERATOR');
  });

  it('that changes nothing leaves no trace and releases no minute', async () => {
    const bench = await openRisk();
    await decide(bench);
    await feel(bench);
    await feel(bench, { sequence: 1, feedState: 'dead' });
    await feel(bench, { sequence: 2, feedState: 'dead' });
    expect(bench.answers()).toHaveLength(1);
    expect(bench.database.tables.decisions.all().map(({ cause }) => cause)).toEqual(['minute', 'pulse']);
  });

  it('before the first session is dated by itself', async () => {
    const bench = await openRisk();
    await feel(bench, { feedState: 'dead' });
    expect(bench.database.tables.riskEvents.all()).toMatchObject([{ eventMs: pulse().data.sentAtMs }]);
    expect(stateOf(await decide(bench, BUYS))).toBe('REDUCING FEED_DEAD');
  });
});
