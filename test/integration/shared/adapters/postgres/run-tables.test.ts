/**
 * Repositories of runs, accounts, decisions and executions on a real server.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Repositories } from '../../../../../shared/ports/repositories.ts';
import { startTestPostgres, type TestPostgres } from '../../../../support/postgres.ts';
import {
  accountRow,
  decision,
  equityRow,
  fill,
  OPEN_MS,
  order,
  positionRow,
  runConfig,
  SESSION,
} from '../../../../support/trading-rows.ts';

const MINUTE_MS = 60_000;

let postgres: TestPostgres;
let runId: string;
let runs = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(() => {
  runs += 1;
  runId = `run-${runs}`;
});

function inTransaction<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result> {
  return postgres.database.transaction(work);
}

/** Does it twice, in two transactions, as a redelivered message would. */
async function twice(work: (repositories: Repositories) => Promise<void>): Promise<void> {
  await inTransaction(work);
  await inTransaction(work);
}

describe('runs and sessions', () => {
  it('stores a run once and returns its configuration', async () => {
    const config = runConfig({ runId, minutesMax: 120, seed: 7 });
    await twice(({ runs: repository }) => repository.create(config, 'paper'));
    expect(await inTransaction(({ runs: repository }) => repository.find(runId))).toEqual(config);
    expect(await inTransaction(({ runs: repository }) => repository.find('nobody'))).toBeNull();
  });

  it('names what differs when a run exists with another configuration', async () => {
    await inTransaction(({ runs: repository }) => repository.create(runConfig({ runId }), 'paper'));
    const again = inTransaction(({ runs: repository }) => repository.create(runConfig({ runId, seed: 2 }), 'replay'));
    await expect(again).rejects.toMatchObject({
      name: 'DatabaseError',
      code: 'RUN_DIFFERS',
      retryable: false,
      message: expect.stringMatching(/kind was "paper" and is now "replay".*seed was 1 and is now 2/) as string,
    });
  });

  it('returns sessions oldest first, each once', async () => {
    await inTransaction(({ runs: repository }) => repository.create(runConfig({ runId }), 'paper'));
    const rows = [20250106, SESSION].map((session) => ({ runId, session, minutes: 390, openMs: OPEN_MS }));
    for (const row of [...rows, ...rows]) await inTransaction(({ runs: repository }) => repository.openSession(row));
    expect(await inTransaction(({ runs: repository }) => repository.sessions(runId))).toEqual(rows.toReversed());
  });
});

describe('accounts', () => {
  it('returns the newest session, and the newest before one', async () => {
    const friday = accountRow({ runId });
    const monday = accountRow({
      runId,
      session: 20250106,
      tradingState: 'HALTED',
      stateCause: 'DRAWDOWN',
      haltedAtMs: 5,
    });
    for (const row of [friday, monday]) await inTransaction(({ accounts }) => accounts.save(row, [], null));
    await inTransaction(async ({ accounts }) => {
      expect(await accounts.latest(runId)).toEqual(monday);
      expect(await accounts.latestBefore(runId, 20250106)).toEqual(friday);
      expect(await accounts.latestBefore(runId, SESSION)).toBeNull();
      expect(await accounts.latest('nobody')).toBeNull();
    });
  });

  it('replaces positions, and keeps one equity row a minute', async () => {
    const positions = [positionRow(), positionRow({ symbol: 'MSFT', quantity: 2 })];
    await twice(({ accounts }) => accounts.save(accountRow({ runId }), positions, equityRow()));
    const later = accountRow({ runId, lastMinute: 30, cashE4: 1 });
    await inTransaction(({ accounts }) =>
      accounts.save(later, [positionRow({ quantity: 1 })], equityRow({ minuteIndex: 30 })),
    );
    expect(await inTransaction(({ accounts }) => accounts.latest(runId))).toEqual(later);
    const reader = postgres.pool('reader');
    const held = await reader.query('SELECT symbol, quantity FROM positions WHERE run_id = $1', [runId]);
    expect(held.rows).toEqual([{ symbol: 'AAPL', quantity: '1' }]);
    const equity = await reader.query('SELECT minute_index FROM equity WHERE run_id = $1 ORDER BY 1', [runId]);
    expect(equity.rows).toEqual([{ minute_index: 29 }, { minute_index: 30 }]);
  });

  it('empties the positions of an account that is flat', async () => {
    await inTransaction(({ accounts }) => accounts.save(accountRow({ runId }), [positionRow()], null));
    await inTransaction(({ accounts }) => accounts.save(accountRow({ runId }), [], null));
    const held = await postgres.pool('reader').query('SELECT FROM positions WHERE run_id = $1', [runId]);
    expect(held.rows).toEqual([]);
  });
});

describe('execution', () => {
  beforeEach(async () => {
    await inTransaction(async ({ runs: repository }) => {
      await repository.create(runConfig({ runId }), 'replay');
      await repository.openSession({ runId, session: SESSION, minutes: 390, openMs: OPEN_MS });
    });
  });

  it('stores each fill once and returns them in the order of the ledger', async () => {
    const fills = [
      fill(),
      fill({ fillId: 'b-2', symbol: 'MSFT', sequence: 1 }),
      fill({ fillId: 'b-1', symbol: 'MSFT', sequence: 0 }),
      fill({ fillId: 'a-0', minuteIndex: 3, eventMs: OPEN_MS + 4 * MINUTE_MS }),
    ];
    await twice(({ execution }) => execution.addFills(runId, fills));
    const stored = await inTransaction(({ execution }) => execution.fills(runId, SESSION));
    expect(stored).toEqual([fills[3], fills[0], fills[2], fills[1]]);
    expect(await inTransaction(({ execution }) => execution.fills(runId, 20250106))).toEqual([]);
  });

  it('knows how far a session has come, and never goes back', async () => {
    const progress = () => inTransaction(({ execution }) => execution.progress(runId, SESSION));
    expect(await progress()).toEqual({ publishedMinute: -1, decidedMinute: -1 });
    for (const minute of [0, 1, 2, 1])
      await inTransaction(({ execution }) => execution.markPublished(runId, SESSION, minute));
    for (const minute of [0, 1, 0])
      await inTransaction(({ execution }) => execution.markDecided(runId, SESSION, minute));
    expect(await progress()).toEqual({ publishedMinute: 2, decidedMinute: 1 });
    expect(await inTransaction(({ execution }) => execution.progress(runId, 20250106))).toEqual({
      publishedMinute: -1,
      decidedMinute: -1,
    });
  });

  it('returns decisions taken that hold an order or a cancel, with their orders as they were approved', async () => {
    const entry = order();
    const stop = order({
      orderRef: '20250103-029-AAPL-P',
      kind: 'STOP',
      type: 'STOP',
      limitPriceE4: 0,
      stopPriceE4: 2_370_000,
      parentRef: entry.orderRef,
    });
    const exit = order({
      orderRef: '20250103-030-AAPL-X',
      minuteIndex: 30,
      kind: 'EXIT',
      side: 'SELL',
      type: 'MARKETABLE',
    });
    const decisions = [
      decision({ minuteIndex: 28 }),
      decision({ orders: [entry, stop] }),
      decision({ minuteIndex: 30, cancels: [stop.orderRef] }),
      decision({ minuteIndex: 31, orders: [order({ minuteIndex: 31 })] }),
    ];
    for (const each of decisions) {
      await twice(({ decisions: repository }) =>
        repository.add({ runId, cause: 'minute', decision: each, signal: null }),
      );
    }
    const command = decision({ minuteIndex: 30, orders: [exit] });
    await inTransaction(({ decisions: repository }) =>
      repository.add({ runId, cause: 'command', decision: command, signal: null }),
    );
    await inTransaction(({ execution }) => execution.markDecided(runId, SESSION, 30));
    expect(await inTransaction(({ execution }) => execution.takenDecisions(runId, SESSION))).toEqual([
      { minuteIndex: 29, orders: [entry, stop], cancels: [] },
      { minuteIndex: 30, orders: [], cancels: [stop.orderRef] },
      { minuteIndex: 30, orders: [exit], cancels: [] },
    ]);
  });

  it('numbers the decisions of pulses and commands within their minute', async () => {
    for (const cause of ['minute', 'pulse', 'pulse', 'command'] as const) {
      await inTransaction(({ decisions: repository }) =>
        repository.add({ runId, cause, decision: decision(), signal: null }),
      );
    }
    const { rows } = await postgres
      .pool('reader')
      .query('SELECT cause, sequence FROM decisions WHERE run_id = $1 ORDER BY cause, sequence', [runId]);
    expect(rows).toEqual([
      { cause: 'command', sequence: 0 },
      { cause: 'minute', sequence: 0 },
      { cause: 'pulse', sequence: 0 },
      { cause: 'pulse', sequence: 1 },
    ]);
  });

  it('stores an order event once and overwrites the latency of a minute', async () => {
    const latency = {
      runId,
      session: SESSION,
      minuteIndex: 5,
      closedMs: 1.25,
      ingestMs: 2,
      signalMs: 3,
      riskMs: 4,
      recordedMs: 5,
    };
    await twice(async ({ execution, decisions: repository }) => {
      await execution.addOrderEvents(runId, [{ orderRef: 'a', event: 'ACCEPTED', eventMs: 1, detail: '' }]);
      await execution.saveLatency(latency);
      await repository.riskEvent({ runId, eventMs: 1, kind: 'COMMAND', detail: 'halt' });
    });
    await inTransaction(({ execution }) => execution.saveLatency({ ...latency, recordedMs: 6.5 }));
    const reader = postgres.pool('reader');
    const events = await reader.query('SELECT event FROM order_events WHERE run_id = $1', [runId]);
    expect(events.rows).toEqual([{ event: 'ACCEPTED' }]);
    const stored = await reader.query('SELECT closed_ms, recorded_ms FROM minute_latency WHERE run_id = $1', [runId]);
    expect(stored.rows).toEqual([{ closed_ms: 1.25, recorded_ms: 6.5 }]);
  });
});
