/**
 * The contract of runs with their sessions, and of accounts.
 */

import { describe, expect, it } from 'vitest';
import { newOpening } from '../../../../shared/domain/risk/opening.ts';
import type { RunConfig } from '../../../../shared/domain/run/run-config.ts';
import type { AccountRow } from '../../../../shared/ports/repositories/accounts.ts';
import { runConfig } from '../../core/core.ts';
import { accountRow, equityRow, OPEN_MS, positionRow, SESSION } from '../trading-rows.ts';
import type { Bench } from './bench.ts';
import { feeds } from '../feeds.ts';

export function runsContract(bench: Bench): void {
  sessionsContract(bench);
  booksContract(bench);
  bookOwnerContract(bench);
  accountsContract(bench);
}

function sessionsContract(bench: Bench): void {
  describe('runs and sessions', () => {
    it('stores a run once and returns its configuration', async () => {
      const config = runConfig({ runId: bench.runId, minutesMax: 120, seed: 7 });
      await bench.twice(({ runs }) => runs.create(config, 'paper'));
      expect(await bench.inTransaction(({ runs }) => runs.create(config, 'paper'))).toEqual(config);
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

const HALTED = [
  { cause: 'OPERATOR_HALT' as const, sinceMs: 5, by: 'cli:uid-1000', why: 'lunch' },
  { cause: 'FEED_DEAD' as const, sinceMs: 6, by: 'gateway', why: 'silence' },
];

function bookAids(bench: Bench) {
  const bookId = () => `book-of-${bench.runId}`;
  return {
    bookId,
    begin: (name: string, changes: Partial<RunConfig> = {}) =>
      bench.inTransaction(({ runs }) =>
        runs.create(runConfig({ runId: `${bench.runId}-${name}`, bookId: bookId(), ...changes }), 'paper'),
      ),
    admit: (name: string, changes: Partial<RunConfig> = {}) =>
      bench.inTransaction(({ runs }) =>
        runs.admit(runConfig({ runId: `${bench.runId}-${name}`, bookId: bookId(), ...changes }), 'paper'),
      ),
    /** The account as this run leaves it after a session. */
    leave: (name: string, changes: Partial<AccountRow>) =>
      bench.inTransaction(({ accounts }) =>
        accounts.save(accountRow({ runId: `${bench.runId}-${name}`, ...changes }), [], null),
      ),
  };
}

function booksContract(bench: Bench): void {
  const { bookId, begin, admit, leave } = bookAids(bench);

  describe('books', () => {
    it('open with the account of their first run', async () => {
      expect((await begin('a')).opening).toEqual(newOpening(25_000_000));
    });

    it('go on where their newest run ended: equity, peak, limit reference, and what an operator has to lift', async () => {
      await begin('a');
      await leave('a', { equityE4: 24_000_000 });
      await leave('a', { session: 20250106, equityE4: 24_500_000, causes: HALTED });
      // It has decided nothing.
      await begin('b');
      const { opening } = await begin('c');
      expect(opening).toEqual({
        cashE4: 24_500_000,
        accountPeakE4: 25_030_000,
        limitReferenceE4: 25_020_000,
        causes: HALTED.slice(0, 1),
      });
      const found = await bench.inTransaction(({ runs }) => runs.find(`${bench.runId}-c`));
      expect(found?.opening).toEqual(opening);
    });

    it('give a run that is continued the opening that it was begun with', async () => {
      const begun = await begin('a');
      await leave('a', { equityE4: 24_000_000, causes: HALTED });
      expect(await begin('a')).toEqual(begun);
      const second = await begin('b');
      await leave('b', { equityE4: 23_000_000 });
      expect(await begin('b')).toEqual(second);
    });

    it('leave the runs of other books alone', async () => {
      await begin('a');
      await leave('a', { equityE4: 24_000_000 });
      expect((await begin('b', { bookId: `${bookId()}-other` })).opening).toEqual(newOpening(25_000_000));
    });

    it.each([
      [
        'accountUsdE4',
        { accountUsdE4: 50_000_000 },
        /opened with an account of \$2,500\.00, and the run has an account of \$5,000\.00/,
      ],
      ['market', { market: 'ib' as const }, /opened with market recorded, and the run has market ib/],
      ['broker', { broker: 'log-only' as const }, /opened with broker simulated, and the run has broker log-only/],
    ])('refuse a run with another %s', async (_field, change, message) => {
      await begin('a');
      const refusal = {
        name: 'DatabaseError',
        code: 'BOOK_DIFFERS',
        retryable: false,
        message: expect.stringMatching(message) as string,
      };
      await expect(admit('b', change)).rejects.toMatchObject(refusal);
      await expect(begin('b', change)).rejects.toMatchObject(refusal);
    });
  });
}

function bookOwnerContract(bench: Bench): void {
  const { bookId, begin, admit, leave } = bookAids(bench);

  describe('books', () => {
    it('tell before a run begins what it takes over, and write nothing', async () => {
      expect(await admit('a')).toBeNull();
      await begin('a');
      expect(await admit('a')).toBeNull();
      await leave('a', { equityE4: 24_000_000 });
      expect(await admit('b')).toMatchObject({ runId: `${bench.runId}-a`, equityE4: 24_000_000 });
      expect(await bench.inTransaction(({ runs }) => runs.find(`${bench.runId}-b`))).toBeNull();
      expect(await admit('a')).toBeNull();
    });

    it('are continued by their newest run only: what it lost and where it stopped is not left behind', async () => {
      await begin('a');
      await leave('a', { equityE4: 24_000_000 });
      await begin('elsewhere', { bookId: `${bookId()}-other` });
      await begin('b');
      await leave('b', { equityE4: 23_000_000, causes: HALTED });
      await expect(begin('a')).rejects.toMatchObject({
        name: 'DatabaseError',
        code: 'BOOK_TAKEN_OVER',
        retryable: false,
        message: `run ${bench.runId}-a cannot be continued: run ${bench.runId}-b has taken book ${bookId()} over from it`,
      });
      const { opening } = await begin('c');
      expect(opening).toMatchObject({ cashE4: 23_000_000, causes: HALTED.slice(0, 1) });
      await expect(begin('b')).rejects.toMatchObject({ code: 'BOOK_TAKEN_OVER' });
      await expect(admit('b')).rejects.toMatchObject({ code: 'BOOK_TAKEN_OVER' });
      expect((await begin('c')).opening).toEqual(opening);
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
      const later = accountRow({ runId: bench.runId, lastMinute: 30, cashE4: 1, dailyHash: 'a digest' });
      await bench.inTransaction(({ accounts }) =>
        accounts.save(later, [positionRow({ quantity: 1 })], equityRow({ minuteIndex: 30 })),
      );
      expect(await bench.inTransaction(({ accounts }) => accounts.latest(bench.runId))).toEqual(later);
      expect(await bench.look.positions(bench.runId)).toEqual([{ symbol: 'AAPL', quantity: 1 }]);
      const held = await bench.inTransaction(({ accounts }) => accounts.positions(bench.runId));
      expect(held).toEqual([positionRow({ quantity: 1 })]);
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
