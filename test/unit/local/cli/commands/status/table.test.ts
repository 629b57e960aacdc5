/**
 * `status` for people: what runs, the session with every cause, money in the words of the page, and a minute that waits.
 */

import { describe, expect, it } from 'vitest';
import { buildPageState } from '../../../../../../functions/report/read-models/build-page-state.ts';
import { SessionFold } from '../../../../../../functions/report/read-models/session-fold.ts';
import type { Status } from '../../../../../../local/cli/commands/status/status.ts';
import { printStatus } from '../../../../../../local/cli/commands/status/table.ts';
import { drawdownLine, moneyLine } from '../../../../../../shared/read-models/session-lines.ts';
import { DAY_TWO, fakeStatus } from '../../../../../support/page/fake-report-views.ts';
import { FAKE_RUN, FakeSession } from '../../../../../support/page/fake-session.ts';
import { fakeTerminal } from '../../../../../support/stack/fake-terminal.ts';

const UPDATED_MS = 1_000_000;

function pageState(options: { haltAt?: number | null; minute?: number; waitsFor?: string } = {}) {
  const { haltAt = null, minute = 231, waitsFor } = options;
  const session = new FakeSession({ ...DAY_TWO, haltAt });
  const fold = new SessionFold(session.facts(minute, 0, UPDATED_MS), FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
  const record = { kind: 'paper', config: FAKE_RUN, ledgerVersion: 'JL2' } as const;
  const waiting = waitsFor === undefined ? null : { minute: minute + 1, sinceMs: UPDATED_MS + 5_000, waitsFor };
  return buildPageState({ status: fakeStatus(), record, fold, live: true, waiting });
}

function linesOf(overrides: Partial<Status> = {}): string[] {
  const terminal = fakeTerminal();
  const { session, money } = pageState();
  printStatus(terminal, {
    running: true,
    dataDir: '/data',
    pid: 42,
    url: 'http://127.0.0.1:4750/',
    startedAt: '2026-11-29T15:00:00.000Z',
    run: FAKE_RUN,
    phase: 'running',
    parts: [{ name: 'gpu-runner', state: 'up', detail: '' }],
    notices: [],
    session,
    money,
    pageNowMs: UPDATED_MS + 95_000,
    disk: { freeBytes: 20e9, stored: null },
    target: null,
    ...overrides,
  });
  return terminal.data;
}

describe('the status of a running stack', () => {
  it('names run, book, market, broker and policy', () => {
    const text = linesOf().join('\n');
    expect(text).toContain(
      `run ${FAKE_RUN.runId}, book ${FAKE_RUN.bookId}, market ${FAKE_RUN.market}, broker ${FAKE_RUN.broker}`,
    );
    expect(text).toContain('policy rule, profile basic, fees tiered, symbols AAPL, MSFT');
  });

  it('says the numbers of the page in its words', () => {
    const { money } = pageState();
    expect(linesOf()).toContain(moneyLine(money!));
    expect(linesOf()).toContain(drawdownLine(money!));
    expect(moneyLine(money!)).toMatch(
      /^equity \$[\d,]+\.\d\d, P&L after fees -?\$[\d.]+ \(before fees -?\$[\d.]+, fees/,
    );
  });

  it('names every cause with since, by, why and what lifts it', () => {
    const { session, money } = pageState({ haltAt: 190 });
    const lines = linesOf({ session, money });
    expect(lines).toContain('session 2025-01-03, minute 232 of 390, HALTED');
    expect(lines.find((line) => line.includes('OPERATOR_HALT'))).toMatch(/since 12:41 ET by page: “.+”; lifted by/);
  });

  it('tells a minute that waits from a feed that is late', () => {
    expect(linesOf({ pageNowMs: UPDATED_MS + 2_000 })).toContain('newest decision 2 s ago');
    expect(linesOf()).toContain('newest decision 95 s ago: the market feed is late');
    const { session, money } = pageState({ waitsFor: 'the signal function, which asks the policy runner' });
    expect(linesOf({ session, money })).toContain(
      'newest decision 95 s ago; minute 233 came 90 s ago and waits for the signal function, which asks the policy runner',
    );
  });

  it('counts in the singular where there is one', () => {
    const { session, money } = pageState();
    const one = { ...money!, orders: { ENTRY: 1, EXIT: 1, STOP: 1 }, fills: 1 };
    expect(linesOf({ session, money: one })).toContain('1 entry, 1 exit, 1 protective stop; 1 fill');
  });

  it('says what its folder takes of the disk, running or not', () => {
    const disk = {
      freeBytes: 20e9,
      stored: { databaseBytes: 30e6, tableBytes: 3e6, closedSessions: 2, playedSessions: 2 },
    };
    const line = 'disk: database 30 MB, 1.50 MB for each of 2 closed sessions, 20.0 GB free';
    expect(linesOf({ disk })).toContain(line);
    expect(linesOf({ disk, running: false, session: null, money: null, parts: [] })).toContain(line);
  });

  it('says so where nothing runs, with the last run', () => {
    const lines = linesOf({ running: false, session: null, money: null, parts: [] });
    expect(lines[0]).toBe('no stack runs on /data; ./jules start starts one');
    expect(lines[1]).toContain(`last run ${FAKE_RUN.runId}`);
  });
});
