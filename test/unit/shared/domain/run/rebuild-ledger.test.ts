/**
 * A run derived from its stored rows: what it refuses, and that it is the run of the core on generated sessions.
 */

import { describe, expect, it } from 'vitest';
import { type BacktestInput, runBacktest } from '../../../../../shared/domain/run/backtest.ts';
import { sessionsBetween } from '../../../../../shared/domain/calendar/calendar.ts';
import { LedgerRebuild } from '../../../../../shared/domain/run/rebuild-ledger.ts';
import { LEDGER_VERSION } from '../../../../../shared/domain/ledger/ledger.ts';
import { MarketGenerator } from '../../../../../shared/domain/market/generator/market-generator.ts';
import { runConfig } from '../../../../support/core/core.ts';
import { stagedRun } from '../../../../support/core/core-run.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const MARKET = new MarketGenerator({ symbols: SYMBOLS, seed: 11 });
const SESSIONS = sessionsBetween(20250103, 20250106).map((session) => ({ session, table: MARKET.session(session) }));
const DAILY = sessionsBetween(20231101, 20250106).flatMap(({ date }, at) =>
  SYMBOLS.map((symbol, s) => ({
    symbol,
    session: date,
    openE4: 1_000_000,
    closeE4: 1_000_000 + ((at * 37 + s) % 41) * 500 - 10_000,
  })),
);

function input(chosen: Parameters<typeof runConfig>[0]): BacktestInput {
  return { config: runConfig({ symbols: SYMBOLS, ...chosen }), sessions: SESSIONS, dailyBars: DAILY };
}

describe('a derived run', () => {
  it.each([
    ['rule', 'basic', 'tiered'],
    ['random', 'basic', 'fixed'],
    ['rule', 'enhanced', 'tiered'],
    ['random', 'enhanced', 'tiered'],
  ] as const)('of two generated sessions under %s, %s and %s is the run of the core', (policy, profile, fees) => {
    const given = input({ policy, profile, fees });
    const derived = stagedRun(given).summary;
    expect(derived).toEqual(runBacktest(given));
    expect(derived.fills).toBeGreaterThan(10);
  });

  it('counts a halt that was over before the next minute, and leaves the account as it was at the close', () => {
    const { session } = SESSIONS[0]!;
    const at = { session: session.date, minutes: 1, equityE4: 0, symbols: [], orders: [], cancels: [] };
    const closeMs = session.openMs + 60_000;
    const halt = { cause: 'OPERATOR_HALT', sinceMs: closeMs, by: 'ada', why: 'lunch' } as const;
    const rows: string[] = [];
    const config = runConfig({ symbols: [] });
    const rebuild = new LedgerRebuild({ config, ledgerVersion: LEDGER_VERSION, onRow: (row) => void rows.push(row) });
    rebuild.addSession({
      session: session.date,
      minutes: 1,
      openMs: session.openMs,
      decisions: [{ ...at, minuteIndex: 0, eventMs: closeMs, state: 'ACTIVE', causes: [] }],
      commands: [
        { minuteIndex: 0, eventMs: closeMs, causes: [halt] },
        { minuteIndex: 0, eventMs: closeMs, causes: [] },
        { minuteIndex: 0, eventMs: closeMs, causes: [{ ...halt, why: 'dinner' }] },
      ],
      quarantined: [],
      fills: [],
      bars: [],
      account: { cashE4: 0, equityE4: 0, accountPeakE4: 0, limitReferenceE4: 0, realizedE4: 0, feesE4: 0 },
    });
    const money = { openingE4: 0, equityE4: 0, feesE4: 0, maxDrawdownE4: 0, maxLimitDrawdownE4: 0, rearms: 1 };
    const { halts, haltedAt } = rebuild.summary(money, []);
    expect(halts.map(({ why, liftedAtMs }) => [why, liftedAtMs])).toEqual([
      ['lunch', closeMs],
      ['dinner', null],
    ]);
    expect(haltedAt).toBe(new Date(closeMs).toISOString());
    expect(rows.at(-1)).toBe(`A,${closeMs},0,${session.date},0,0,0,0,0,0`);
  });

  it('refuses a session that lacks a decision', () => {
    const account = {
      cashE4: 0,
      equityE4: 0,
      accountPeakE4: 0,
      limitReferenceE4: 0,
      realizedE4: 0,
      feesE4: 0,
    };
    const { session } = SESSIONS[0]!;
    const stored = {
      session: session.date,
      minutes: 390,
      openMs: session.openMs,
      decisions: [],
      commands: [],
      quarantined: [],
      fills: [],
      bars: [],
      account,
    };
    expect(() => new LedgerRebuild({ config: runConfig(), ledgerVersion: LEDGER_VERSION }).addSession(stored)).toThrow(
      'session 20250103 has 390 decisions, found 0',
    );
  });
});
