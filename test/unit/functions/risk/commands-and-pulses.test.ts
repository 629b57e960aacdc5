/**
 * What an operator commands and a pulse reports lasts over restarts and sessions, and takes effect at the next minute.
 */

import { describe, expect, it } from 'vitest';
import { newOpening } from '../../../../shared/domain/risk/opening.ts';
import { SESSION } from '../../../support/core/core.ts';
import { buySignal, command, symbolSignal } from '../../../support/trading/messages.ts';
import {
  BUYS,
  decide,
  events,
  feel,
  holdFive,
  NEXT,
  openRisk,
  outcome,
  say,
  sellFive,
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
      expect(stateOf(next)).toBe('HALTED OPERATOR_HALT');
      expect(next.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_OPERATOR', 'STATE_HALTED']);
      expect(next.orders).toMatchObject([{ kind: 'EXIT', quantity: 5 }]);
    },
  );

  it.each(RESTARTS)('alone arms what a broken audit has halted, by the finding (restart: %s)', async (restart) => {
    const bench = await openRisk({ rearm: 'session' });
    await holdFive(bench);
    await say(bench, { command: 'halt', cause: 'AUDIT_FAILED', operator: 'audit' });
    const next = await decide(bench, { minuteIndex: 2, signals: [symbolSignal('AAPL'), buySignal('MSFT')] });
    expect(stateOf(next)).toBe('HALTED AUDIT_FAILED');
    expect(next.symbols[0]?.verdict).toBe('FLATTEN_AUDIT');
    await sellFive(bench, 3, next);
    if (restart) bench.restart();
    await say(bench, { command: 'arm', issuedAtMs: SESSION.openMs + 9_000 });
    expect(outcome(bench)).toMatchObject({ result: 'refused', arming: { code: 'NOTHING_TO_LIFT' } });
    await say(bench, { command: 'arm', acceptAudit: 'lunch', issuedAtMs: SESSION.openMs + 9_001 });
    expect(stateOf(await decide(bench, { minuteIndex: 4 }))).toBe('ACTIVE NONE');
  });

  it('accepts one finding of an audit by name, and the other stays with its own words', async () => {
    const bench = await openRisk();
    const [risk, fills] = ['run-1/risk, entry 3 altered: d', 'run-1/fills, entry 7 missing: it was deleted'] as const;
    const found = { command: 'halt', cause: 'AUDIT_FAILED', operator: 'audit' } as const;
    for (const reason of [risk, fills]) await say(bench, { ...found, reason });
    await say(bench, { command: 'halt', reason: 'lunch' });
    const { causes } = await decide(bench);
    expect(causes.map(({ why }) => why)).toEqual(['lunch', risk, fills]);
    await say(bench, { command: 'arm', acceptAudit: 'banana', issuedAtMs: SESSION.openMs + 9_000 });
    expect(outcome(bench)).toMatchObject({ result: 'refused', arming: { code: 'FINDING_NOT_STANDING' }, causes });
    await say(bench, { command: 'arm', acceptAudit: 'run-1/risk, entry 3', issuedAtMs: SESSION.openMs + 9_001 });
    bench.restart();
    const next = await decide(bench, { minuteIndex: 1 });
    expect(next).toMatchObject({ state: 'HALTED', causes: [{ cause: 'AUDIT_FAILED', by: 'audit', why: fills }] });
  });

  it('who halts does not hide that the audit is broken, whichever came first', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt', cause: 'AUDIT_FAILED', operator: 'audit' });
    await say(bench, { command: 'halt', issuedAtMs: SESSION.openMs + 2_000 });
    expect(stateOf(await decide(bench))).toBe('HALTED OPERATOR_HALT+AUDIT_FAILED');
    await say(bench, { command: 'arm', issuedAtMs: SESSION.openMs + 9_000 });
    expect(stateOf(await decide(bench, { minuteIndex: 1 }))).toBe('HALTED AUDIT_FAILED');
  });

  it.each(RESTARTS)('flattens: the same, until armed (restart: %s)', async (restart) => {
    const bench = await openRisk();
    await holdFive(bench);
    await say(bench, { command: 'flatten' });
    if (restart) bench.restart();
    const next = await decide(bench, { minuteIndex: 2, signals: [symbolSignal('AAPL'), buySignal('MSFT')] });
    expect(stateOf(next)).toBe('REDUCING OPERATOR_FLATTEN');
    expect(next.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_OPERATOR', 'STATE_REDUCING']);
    await sellFive(bench, 3, next);
    await say(bench, { command: 'arm', issuedAtMs: SESSION.openMs + 9_000 });
    const armed = await decide(bench, { minuteIndex: 4, signals: [symbolSignal('AAPL'), buySignal('MSFT')] });
    expect([stateOf(armed), armed.symbols[1]?.verdict]).toEqual(['ACTIVE NONE', 'APPROVED']);
  });

  it.each(RESTARTS)('arms a halted account, which then trades again (restart: %s)', async (restart) => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    expect(verdictOf(await decide(bench, BUYS))).toBe('STATE_HALTED');
    await say(bench, { command: 'arm' });
    if (restart) bench.restart();
    expect(verdictOf(await decide(bench, { minuteIndex: 1, ...BUYS }))).toBe('APPROVED');
    expect(JSON.parse(stored(bench)!.snapshot)).toMatchObject({ rearms: 0 });
  });

  it('who flattens and arms within a minute sells all the same and moves no limit', async () => {
    const bench = await openRisk();
    await holdFive(bench);
    await decide(bench, { minuteIndex: 2, signals: [symbolSignal('AAPL', { markE4: 950_000 }), symbolSignal('MSFT')] });
    const { limitReferenceE4 } = stored(bench)!;
    await say(bench, { command: 'flatten' });
    await say(bench, { command: 'arm' });
    expect(outcome(bench)).toMatchObject({ result: 'refused', arming: { code: 'NOT_FLAT' } });
    const next = await decide(bench, { minuteIndex: 3 });
    expect([stateOf(next), next.symbols[0]?.verdict]).toEqual(['REDUCING OPERATOR_FLATTEN', 'FLATTEN_OPERATOR']);
    expect(stored(bench)).toMatchObject({ limitReferenceE4 });
  });

  it('who arms with an entry still working is refused', async () => {
    const bench = await openRisk();
    await decide(bench, BUYS);
    await say(bench, { command: 'halt' });
    await say(bench, { command: 'arm' });
    expect(outcome(bench)).toMatchObject({ result: 'refused', arming: { code: 'ORDER_WORKING' } });
    expect(stateOf(await decide(bench, { minuteIndex: 1 }))).toBe('HALTED OPERATOR_HALT');
  });

  it('who arms while the feed is dead leaves it to the feed', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    await feel(bench, { feedState: 'dead' });
    await say(bench, { command: 'arm' });
    expect(outcome(bench)).toMatchObject({ result: 'done', arming: { remaining: [{ cause: 'FEED_DEAD' }] } });
    const next = await decide(bench, BUYS);
    expect([stateOf(next), verdictOf(next)]).toEqual(['REDUCING FEED_DEAD', 'STATE_REDUCING']);
  });

  it('who arms is told the reference of the drawdown limit, before and after', async () => {
    const bench = await openRisk({ fees: 'fixed' });
    await holdFive(bench);
    await say(bench, { command: 'halt' });
    const sold = await sellFive(bench, 3, await decide(bench, { minuteIndex: 2 }), 990_000);
    await say(bench, { command: 'arm', issuedAtMs: SESSION.openMs + 9_000 });
    const moved = { formerReferenceE4: 25_000_000, referenceE4: 24_950_000 };
    expect(sold.equityE4).toBe(24_950_000);
    expect(outcome(bench)).toMatchObject({ arming: { kind: 'armed', ...moved } });
    expect(stored(bench)).toMatchObject({ limitReferenceE4: 24_950_000, accountPeakE4: 25_000_000 });
    const told = bench.database.tables.audit.all().findLast(({ kind }) => kind === 'command');
    expect(JSON.parse(told!.body)).toMatchObject({ command: 'arm', result: 'done', ...moved });
  });

  it('takes effect between sessions, for the next one', async () => {
    const bench = await openRisk({ minutesMax: 1 });
    await decide(bench, { minutes: 1 });
    await say(bench, { command: 'flatten' });
    const next = await decide(bench, { ...NEXT, minutes: 1, ...BUYS });
    expect([stateOf(next), verdictOf(next)]).toEqual(['REDUCING OPERATOR_FLATTEN', 'STATE_REDUCING']);
  });

  it('is recorded with name, reason and outcome, and releases no minute', async () => {
    const bench = await openRisk();
    await decide(bench);
    await say(bench, { command: 'halt', operator: 'ada', reason: 'fed speaks' });
    expect(events(bench)).toEqual(['COMMAND_HALT ada: fed speaks', 'STATE_HALTED OPERATOR_HALT']);
    const causes = [{ cause: 'OPERATOR_HALT', sinceMs: SESSION.openMs + 60_000, by: 'ada', why: 'fed speaks' }];
    expect(outcome(bench)).toMatchObject({
      messageId: command({ reason: 'fed speaks' }).id,
      result: 'done',
      state: 'HALTED',
      causes,
    });
    expect(stored(bench)).toMatchObject({ tradingState: 'HALTED', causes });
    expect(bench.answers()).toHaveLength(1);
    const kinds = bench.database.tables.decisions.all().map(({ cause }) => cause);
    expect(kinds).toEqual(['minute', 'command']);
  });

  it('whose message comes twice is heard once', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    await say(bench, { command: 'halt' });
    expect(events(bench)).toHaveLength(2);
  });

  it('who halts again is told since when and by whom it stands, and a halt after arming has its own time', async () => {
    const bench = await openRisk();
    await decide(bench);
    await say(bench, { command: 'halt', operator: 'ada', reason: 'first' });
    await say(bench, { command: 'halt', operator: 'bob', reason: 'second', issuedAtMs: SESSION.openMs + 2_000 });
    expect(outcome(bench).text).toBe('OPERATOR_HALT stood already, since 2025-01-03 09:31:00 ET by ada: first');
    await say(bench, { command: 'arm', issuedAtMs: SESSION.openMs + 3_000 });
    await decide(bench, { minuteIndex: 1 });
    await say(bench, { command: 'halt', operator: 'bob', reason: 'third', issuedAtMs: SESSION.openMs + 4_000 });
    const { causes } = await decide(bench, { minuteIndex: 2 });
    const own = { cause: 'OPERATOR_HALT', sinceMs: SESSION.openMs + 2 * 60_000, by: 'bob', why: 'third' };
    expect(causes).toEqual([own]);
  });

  it('cannot move the reference of the limit of an account that trades by arming it', async () => {
    const bench = await openRisk();
    await decide(bench);
    await say(bench, { command: 'arm' });
    expect(outcome(bench)).toMatchObject({ result: 'refused', arming: { code: 'NOTHING_TO_LIFT' } });
    expect(JSON.parse(stored(bench)!.snapshot)).toMatchObject({ rearms: 0 });
    expect(bench.database.tables.decisions.all().map(({ cause }) => cause)).toEqual(['minute']);
  });
});

describe('a pulse', () => {
  const troubles = [
    { what: 'a dead feed', data: { feedState: 'dead' as const }, cause: 'FEED_DEAD' },
    { what: 'a stale feed', data: { feedState: 'stale' as const }, cause: 'FEED_DEAD' },
    { what: 'a backup feed', data: { feedState: 'backup' as const }, cause: 'FEED_BACKUP' },
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
    expect(events(bench)).toEqual([`STATE_REDUCING ${cause}`, 'STATE_ACTIVE no cause']);
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

  const live = { feedState: 'live', runnerState: 'up' } as const;
  const sequences = [
    [
      'both, then the feed is back',
      [{ feedState: 'dead', runnerState: 'down' }, { runnerState: 'down' }],
      'RUNNER_DEAD',
    ],
    ['the runner down, then up while the feed dies', [{ runnerState: 'down' }, { feedState: 'dead' }], 'FEED_DEAD'],
    ['the feed on its backup, then dead', [{ feedState: 'backup' }, { feedState: 'dead' }], 'FEED_DEAD'],
    ['the feed dead, then on its backup', [{ feedState: 'dead' }, { feedState: 'backup' }], 'FEED_BACKUP'],
    [
      'one trouble, then another beside it',
      [{ feedState: 'dead' }, { feedState: 'dead', runnerState: 'down' }],
      'FEED_DEAD+RUNNER_DEAD',
    ],
  ] as const;

  it.each(sequences)('of %s leaves what its last word says, and no entry passes', async (_, pulses, causes) => {
    const bench = await openRisk();
    await decide(bench);
    for (const [sequence, each] of pulses.entries()) await feel(bench, { ...live, ...each, sequence });
    const next = await decide(bench, { minuteIndex: 1, ...BUYS });
    expect([stateOf(next), verdictOf(next)]).toEqual([`REDUCING ${causes}`, 'STATE_REDUCING']);
  });

  it('says since when and why', async () => {
    const bench = await openRisk();
    await decide(bench);
    await feel(bench, { feedState: 'dead', feedAgeMs: 184_200 });
    const { causes } = await decide(bench, { minuteIndex: 1 });
    const why = 'the feed is dead: its newest bar is 184 s old';
    expect(causes).toEqual([{ cause: 'FEED_DEAD', sinceMs: SESSION.openMs + 60_000, by: 'gateway', why }]);
  });

  it('of a feed that stays dead keeps an account reducing when the next open lifts its daily loss', async () => {
    const bench = await openRisk({ accountUsdE4: 100_000_000, opening: newOpening(100_000_000), minutesMax: 4 });
    await holdFive(bench, 4);
    const crash = [symbolSignal('AAPL', { markE4: 890_000 }), symbolSignal('MSFT')];
    const lost = await decide(bench, { minuteIndex: 2, minutes: 4, signals: crash });
    expect(stateOf(lost)).toBe('REDUCING DAILY_LOSS');
    await feel(bench, { feedState: 'dead' });
    await sellFive(bench, 3, lost, 890_000, 4);
    const next = await decide(bench, { ...NEXT, minutes: 4, ...BUYS });
    expect([stateOf(next), verdictOf(next)]).toEqual(['REDUCING FEED_DEAD', 'STATE_REDUCING']);
  });

  it('never lifts what an operator or a loss has set', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'flatten' });
    await feel(bench, { feedState: 'dead' });
    await feel(bench, { sequence: 1 });
    expect(stateOf(await decide(bench))).toBe('REDUCING OPERATOR_FLATTEN');
    await say(bench, { command: 'halt' });
    await feel(bench, { sequence: 2, feedState: 'dead' });
    await feel(bench, { sequence: 3 });
    expect(stateOf(await decide(bench, { minuteIndex: 1 }))).toBe('HALTED OPERATOR_HALT+OPERATOR_FLATTEN');
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
});
