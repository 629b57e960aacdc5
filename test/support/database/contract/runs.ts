/**
 * The contract of runs with their sessions, and of accounts.
 */

import { describe, expect, it } from 'vitest';
import { runConfig } from '../../core/core.ts';
import { accountRow, equityRow, OPEN_MS, positionRow, SESSION } from '../trading-rows.ts';
import type { Bench } from './bench.ts';
import { feeds } from '../feeds.ts';

export function runsContract(bench: Bench): void {
  sessionsContract(bench);
  accountsContract(bench);
}

function sessionsContract(bench: Bench): void {
  describe('runs and sessions', () => {
    it('stores a run once and returns its configuration', async () => {
      const config = runConfig({ runId: bench.runId, minutesMax: 120, seed: 7 });
      await bench.twice(({ runs }) => runs.create(config, 'paper'));
      expect(await bench.inTransaction(({ runs }) => runs.find(bench.runId))).toEqual(config);
      expect(await bench.inTransaction(({ runs }) => runs.find('nobody'))).toBeNull();
    });

    it('names what differs when a run exists with another configuration', async () => {
      await bench.inTransaction(({ runs }) => runs.create(runConfig({ runId: bench.runId }), 'paper'));
      const again = bench.inTransaction(({ runs }) =>
        runs.create(runConfig({ runId: bench.runId, seed: 2 }), 'replay'),
      );
      await expect(again).rejects.toMatchObject({
        name: 'DatabaseError',
        code: 'RUN_DIFFERS',
        retryable: false,
        message: expect.stringMatching(/kind was "paper" and is now "replay".*seed was 1 and is now 2/) as string,
      });
    });

    it('returns sessions oldest first, each once', async () => {
      await bench.inTransaction(({ runs }) => runs.create(runConfig({ runId: bench.runId }), 'paper'));
      const rows = [20250106, SESSION].map((session) => ({
        runId: bench.runId,
        session,
        minutes: 390,
        openMs: OPEN_MS,
      }));
      for (const row of [...rows, ...rows]) await bench.inTransaction(({ runs }) => runs.openSession(row, feeds()));
      expect(await bench.inTransaction(({ runs }) => runs.sessions(bench.runId))).toEqual(rows.toReversed());
    });
  });
}

function accountsContract(bench: Bench): void {
  describe('accounts', () => {
    it('returns the newest session, and the newest before one', async () => {
      const friday = accountRow({ runId: bench.runId });
      const monday = accountRow({
        runId: bench.runId,
        session: 20250106,
        tradingState: 'HALTED',
        causes: [{ cause: 'DRAWDOWN', sinceMs: 5, by: 'core', why: '"$100" below' }],
      });
      for (const row of [friday, monday]) await bench.inTransaction(({ accounts }) => accounts.save(row, [], null));
      await bench.inTransaction(async ({ accounts }) => {
        expect(await accounts.latest(bench.runId)).toEqual(monday);
        expect(await accounts.latestBefore(bench.runId, 20250106)).toEqual(friday);
        expect(await accounts.latestBefore(bench.runId, SESSION)).toBeNull();
        expect(await accounts.latest('nobody')).toBeNull();
      });
    });

    it('replaces positions, and keeps one equity row a minute', async () => {
      const positions = [positionRow(), positionRow({ symbol: 'MSFT', quantity: 2 })];
      await bench.twice(({ accounts }) => accounts.save(accountRow({ runId: bench.runId }), positions, equityRow()));
      const later = accountRow({ runId: bench.runId, lastMinute: 30, cashE4: 1 });
      await bench.inTransaction(({ accounts }) =>
        accounts.save(later, [positionRow({ quantity: 1 })], equityRow({ minuteIndex: 30 })),
      );
      expect(await bench.inTransaction(({ accounts }) => accounts.latest(bench.runId))).toEqual(later);
      expect(await bench.look.positions(bench.runId)).toEqual([{ symbol: 'AAPL', quantity: 1 }]);
      expect(await bench.look.equityMinutes(bench.runId)).toEqual([29, 30]);
    });

    it('empties the positions of an account that is flat', async () => {
      await bench.inTransaction(({ accounts }) =>
        accounts.save(accountRow({ runId: bench.runId }), [positionRow()], null),
      );
      await bench.inTransaction(({ accounts }) => accounts.save(accountRow({ runId: bench.runId }), [], null));
      expect(await bench.look.positions(bench.runId)).toEqual([]);
    });
  });
}
