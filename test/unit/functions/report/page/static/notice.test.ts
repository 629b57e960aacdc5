/**
 * What is shown above everything else: all that holds at once, most urgent first, in plain words.
 */

import { describe, expect, it } from 'vitest';
import { type Connection, isStale, noticesOf } from '../../../../../../functions/report/page/static/notice.js';
import { buildPageState, emptyPageState } from '../../../../../../functions/report/read-models/build-page-state.ts';
import type { WaitingMinute } from '../../../../../../shared/read-models/waiting-minute.ts';
import type { PageState } from '../../../../../../shared/read-models/page-state.ts';
import { SessionFold } from '../../../../../../functions/report/read-models/session-fold.ts';
import { DAY_TWO, fakeStatus, SEVERAL_CAUSES } from '../../../../../support/page/fake-report-views.ts';
import { FAKE_RUN, FakeSession, type FakeSessionOptions } from '../../../../../support/page/fake-session.ts';

const UPDATED_MS = 1_000_000;
const CONNECTED: Connection = { connectedOnce: true, lostForMs: null };

function stateOf(
  options: Partial<Pick<FakeSessionOptions, 'haltAt' | 'causes'>> & {
    minute?: number;
    live?: boolean;
    waiting?: WaitingMinute;
  } = {},
): PageState {
  const { minute = 100, live = true, waiting = null, ...halts } = options;
  const session = new FakeSession({ ...DAY_TWO, ...halts });
  const fold = new SessionFold(session.facts(minute, 0, UPDATED_MS), FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
  return buildPageState({
    status: fakeStatus(),
    record: { kind: 'paper', config: FAKE_RUN, ledgerVersion: 'JL2' },
    fold,
    live,
    waiting,
  });
}

function titles(state: PageState | null, connection = CONNECTED, ageMs = 500): string[] {
  return noticesOf(state, connection, UPDATED_MS + ageMs).map(({ title }) => title);
}

describe('notices', () => {
  it('are none while trading goes on', () => {
    expect(titles(stateOf())).toEqual([]);
  });

  it('say STALE when more than three minutes are missing, with what is shown', () => {
    const [notice, ...others] = noticesOf(stateOf(), CONNECTED, UPDATED_MS + 3_001);
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ kind: 'stale', title: 'STALE' });
    expect(notice?.text).toBe(
      'No new minute for 3 s; one is expected every 1 s. The market feed is late. The page shows minute 101 of 390.',
    );
    expect(titles(stateOf(), CONNECTED, 3_000)).toEqual([]);
  });

  it('name who has a minute that came and gets no decision, and do not blame the feed', () => {
    const waiting = { minute: 101, sinceMs: UPDATED_MS + 1_000, waitsFor: 'the signal function' };
    const [notice, ...others] = noticesOf(stateOf({ waiting }), CONNECTED, UPDATED_MS + 61_000);
    expect(others).toEqual([]);
    expect(notice).toEqual({
      kind: 'stale',
      title: 'STALE',
      text: 'Minute 102 came 1 min ago and waits for the signal function. The market feed is not late. The page shows minute 101 of 390.',
    });
    expect(titles(stateOf({ waiting }), CONNECTED, 3_000)).toEqual([]);
  });

  it('name every cause that stands, in the words of the read model', () => {
    const [notice] = noticesOf(stateOf({ haltAt: 60 }), CONNECTED, UPDATED_MS);
    expect(notice).toMatchObject({ kind: 'halted', title: 'HALTED' });
    expect(notice?.causes?.map(({ cause, since, by }) => [cause, since, by])).toEqual([
      ['OPERATOR_HALT', '10:31 ET', 'page'],
    ]);
  });

  it.each([
    ['halted', true],
    ['past', false],
  ])('of a session that is %s name every cause, in the words of whoever set it', (kind, live) => {
    const [notice] = noticesOf(stateOf({ haltAt: 60, causes: SEVERAL_CAUSES, live }), CONNECTED, UPDATED_MS);
    expect(notice?.kind).toBe(kind);
    expect(notice?.causes?.map(({ cause, why }) => ({ cause, why }))).toEqual(
      SEVERAL_CAUSES.map(({ cause, why }) => ({ cause, why })),
    );
  });

  it('never let STALE hide that trading is halted', () => {
    const state = stateOf({ haltAt: 60 });
    expect(titles(state, CONNECTED, 60_000)).toEqual(['STALE', 'HALTED']);
    expect(titles(state, { connectedOnce: true, lostForMs: 5_000 })).toEqual(['STALE', 'HALTED']);
  });

  it('mark numbers as stale behind an error of the stack', () => {
    const state = {
      ...stateOf(),
      stack: { phase: 'error' as const, message: 'The database is away.', parts: [], notices: [] },
    };
    expect(titles(state, CONNECTED, 60_000)).toEqual(['Error', 'STALE']);
    expect(isStale(noticesOf(state, CONNECTED, UPDATED_MS + 60_000))).toBe(true);
  });

  it('tell of a failed rotation and of a deadline beside the state of trading', () => {
    const { stack, ...rest } = stateOf({ haltAt: 60 });
    const notices = [
      { severity: 'alarm' as const, text: 'rotation failed: jules/database/app, TEST_FAILED' },
      { severity: 'reminder' as const, text: 'jules/broker/api-key is due in 7 days' },
    ];
    const told = noticesOf({ ...rest, stack: { ...stack, notices } }, CONNECTED, UPDATED_MS);
    expect(told.map(({ kind, title }) => [kind, title])).toEqual([
      ['halted', 'HALTED'],
      ['error', 'Secrets'],
      ['reducing', 'Due'],
    ]);
    expect(told[1]?.text).toContain('TEST_FAILED');
  });

  it('give a lost connection three seconds before they mention it', () => {
    expect(titles(stateOf(), { connectedOnce: true, lostForMs: 2_900 })).toEqual([]);
    expect(titles(stateOf(), { connectedOnce: true, lostForMs: 3_100 })).toEqual(['STALE']);
    expect(titles(null, { connectedOnce: false, lostForMs: 3_100 })).toEqual(['No connection']);
  });

  it('of a past session say only that, and how it was left', () => {
    const state = stateOf({ minute: 389, haltAt: 60, live: false });
    expect(noticesOf(state, { connectedOnce: true, lostForMs: 60_000 }, UPDATED_MS)).toEqual([
      {
        kind: 'past',
        title: 'Past session',
        text: 'You are looking at 2025-01-03. It was left HALTED:',
        causes: state.session?.causes,
      },
    ]);
  });

  it('expect no minute of a session that is over', () => {
    expect(titles(stateOf({ minute: 389 }), CONNECTED, 3_600_000)).toEqual(['Session closed']);
  });

  it.each([
    ['postgres, host', 'Waiting for postgres, host.'],
    ['The database applies its migrations.', 'The database applies its migrations.'],
    ['', 'The stack is starting.'],
  ])('say %j as %j while the stack starts', (waitingFor, text) => {
    const state = emptyPageState('starting', waitingFor, fakeStatus());
    expect(noticesOf(state, CONNECTED, 0)).toEqual([{ kind: 'starting', title: 'Starting', text }]);
  });
});
