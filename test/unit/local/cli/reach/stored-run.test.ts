/**
 * A run derived from what was stored of it, and how long its minutes took.
 */

import { describe, expect, it } from 'vitest';
import { rebuildStoredRun } from '../../../../../local/cli/reach/rebuild-ledger.ts';
import { latencyOf } from '../../../../../local/cli/reach/stored-run.ts';
import { createMemoryDatabase } from '../../../../support/memory/memory-database.ts';
import { createMemoryLedger } from '../../../../support/memory/memory-ledger.ts';
import { runBacktest } from '../../../../../shared/domain/run/backtest.ts';
import type { LatencyRow } from '../../../../../shared/ports/repositories/execution.ts';
import { runOn } from '../../../../support/core/core-markets.ts';
import { runConfig } from '../../../../support/core/core.ts';
import { accountRow, dailyBar, OPEN_MS, SESSION } from '../../../../support/database/trading-rows.ts';
import { tradeRun } from '../../../../support/trading/trading.ts';
import { feeds } from '../../../../support/database/feeds.ts';

const MARKET = {
  seed: 5,
  symbolCount: 2,
  sessionCount: 2,
  minutes: 12,
  priceE4: 1_000_000,
  moveBps: 40,
  volume: 20_000,
  gapRate: 0,
  faultRate: 0,
  together: false,
};

describe('a run derived from its rows', () => {
  it('is the run of the core: counts, money, hash and every ledger row', async () => {
    const input = runOn(MARKET, { policy: 'random' });
    const { database } = await tradeRun(input);
    const [derived, expected]: [string[], string[]] = [[], []];
    const run = await rebuildStoredRun(createMemoryLedger(database), 'run-1', (row) => void derived.push(row));
    expect(run.summary).toEqual(runBacktest({ ...input, onRow: (row) => void expected.push(row) }));
    expect(derived).toEqual(expected);
    expect(run.latency).toHaveLength(24);
  });

  it('keeps its hash when daily bars are edited after it', async () => {
    const daily = [dailyBar({ symbol: 'AAPL', session: 20241231 }), dailyBar({ symbol: 'AAPL', session: 20250102 })];
    const input = { ...runOn(MARKET, { policy: 'random', profile: 'enhanced' }), dailyBars: daily };
    const { database } = await tradeRun(input);
    await database.transaction(({ dailyBars }) => dailyBars.upsert([{ ...daily[0]!, closeE4: 2_440_001 }]));
    const run = await rebuildStoredRun(createMemoryLedger(database), 'run-1', null);
    expect(run.summary.ledgerHash).toBe(runBacktest(input).ledgerHash);
    expect(run.summary.ledgerHash).not.toBe(runBacktest({ ...input, dailyBars: [] }).ledgerHash);
  });

  it('is refused, with what to do, while a session has not been played to its end', async () => {
    const database = createMemoryDatabase();
    await database.transaction(async ({ runs, accounts }) => {
      await runs.create(runConfig(), 'replay');
      await runs.openSession({ runId: 'run-1', session: SESSION, minutes: 390, openMs: OPEN_MS }, feeds());
      await accounts.save(accountRow({ closed: false }), [], null);
    });
    const deriving = rebuildStoredRun(createMemoryLedger(database), 'run-1', null);
    await expect(deriving).rejects.toMatchObject({
      message: `session ${SESSION} of run run-1 is not complete`,
      fix: 'let it play to its end first',
    });
  });

  it('is refused by its name when it is unknown', async () => {
    const deriving = rebuildStoredRun(createMemoryLedger(createMemoryDatabase()), 'run-9', null);
    await expect(deriving).rejects.toMatchObject({ name: 'Problem', message: "the database holds no run 'run-9'" });
  });

  it('that never began has the money that it was given', async () => {
    const database = createMemoryDatabase();
    await database.transaction(({ runs }) => runs.create(runConfig(), 'replay'));
    const { summary, latency } = await rebuildStoredRun(createMemoryLedger(database), 'run-1', null);
    expect(summary).toMatchObject({ sessions: [], decisions: 0, equityUsd: 2_500, netPnlUsd: 0, haltedAt: null });
    expect(latency).toEqual([]);
  });
});

describe('the latency of a run', () => {
  const row = (minuteIndex: number, tookMs: number): LatencyRow => ({
    runId: 'run-1',
    session: SESSION,
    minuteIndex,
    closedMs: 1_000 + minuteIndex,
    ingestMs: 0,
    signalMs: 0,
    riskMs: 0,
    recordedMs: 1_000 + minuteIndex + tookMs,
  });

  it('is from the close of a minute to the record of its orders', () => {
    const rows = [30, 10, 20].map((tookMs, minute) => row(minute, tookMs));
    expect(latencyOf(rows)).toEqual({ p50: 20, p99: 29.8, max: 30 });
  });

  it('is not a number where there were no minutes', () => {
    expect(latencyOf([])).toEqual({ p50: Number.NaN, p99: Number.NaN, max: Number.NaN });
  });
});
