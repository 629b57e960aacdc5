/**
 * The ledger's rows, read back from SQL by the role that can only read.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedgerSource, type LedgerSource } from '../../../../../shared/adapters/postgres/ledger-rows.ts';
import { startTestPostgres, type TestPostgres } from '../../../../support/postgres.ts';
import {
  accountRow,
  barRow,
  dailyBar,
  decision,
  fill,
  OPEN_MS,
  order,
  runConfig,
  SESSION,
} from '../../../../support/trading-rows.ts';

let postgres: TestPostgres;
let source: LedgerSource;

const entry = order();
const stop = order({ orderRef: '20250103-029-AAPL-P', kind: 'STOP', type: 'STOP', parentRef: entry.orderRef });
const decisions = [decision({ minuteIndex: 28 }), decision({ orders: [entry, stop] }), decision({ minuteIndex: 100 })];
const fills = [fill(), fill({ fillId: 'second', symbol: 'MSFT' })];
const latency = {
  runId: 'run-1',
  session: SESSION,
  minuteIndex: 0,
  closedMs: 1.5,
  ingestMs: 2,
  signalMs: 3,
  riskMs: 4,
  recordedMs: 5,
};

beforeAll(async () => {
  postgres = await startTestPostgres();
  source = createLedgerSource(postgres.pool('reader'));
  await postgres.database.transaction(async (repositories) => {
    await repositories.runs.create(runConfig(), 'replay');
    for (const session of [20250106, SESSION]) {
      await repositories.runs.openSession({ runId: 'run-1', session, minutes: 390, openMs: OPEN_MS });
      await repositories.accounts.save(accountRow({ session }), [], null);
    }
    // Later minutes first: the order of writing must not matter.
    for (const each of decisions.toReversed()) {
      await repositories.decisions.add({ runId: 'run-1', cause: 'minute', decision: each, signal: null });
    }
    const pulse = decision({ orders: [order({ orderRef: 'of-a-pulse' })] });
    await repositories.decisions.add({ runId: 'run-1', cause: 'pulse', decision: pulse, signal: null });
    await repositories.execution.addFills('run-1', fills.toReversed());
    await repositories.execution.saveLatency(latency);
    await repositories.bars.upsert('csv', [barRow({ symbol: 'MSFT' }), barRow()]);
    await repositories.dailyBars.upsert([dailyBar({ symbol: 'MSFT' }), dailyBar(), dailyBar({ session: 20250102 })]);
  });
});
afterAll(() => postgres.stop());

describe('the ledger read from SQL by the reader', () => {
  it('holds the run and its sessions, oldest first', async () => {
    expect(await source.run('run-1')).toEqual(runConfig());
    expect(await source.run('nobody')).toBeNull();
    expect((await source.sessions('run-1')).map(({ session }) => session)).toEqual([SESSION, 20250106]);
  });

  it('holds the decisions of the minutes by minute, with their orders as they were approved', async () => {
    expect(await source.decisions('run-1', SESSION)).toEqual(decisions);
  });

  it('holds fills by time, symbol and sequence', async () => {
    expect(await source.fills('run-1', SESSION)).toEqual(fills);
  });

  it('holds accounts, latencies, bars and daily bars', async () => {
    expect(await source.accounts('run-1')).toEqual([accountRow(), accountRow({ session: 20250106 })]);
    expect(await source.latency('run-1')).toEqual([latency]);
    expect(await source.bars('csv', OPEN_MS, OPEN_MS + 1, ['AAPL', 'MSFT'])).toEqual([
      barRow(),
      barRow({ symbol: 'MSFT' }),
    ]);
    expect(await source.dailyBars(['AAPL'])).toEqual([dailyBar({ session: 20250102 }), dailyBar()]);
  });
});
