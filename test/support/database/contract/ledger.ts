/**
 * The contract of what a ledger is read from: rows in its order, whatever the order of writing.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { LEDGER_VERSION } from '../../../../shared/domain/ledger/ledger.ts';
import type { AccountRow } from '../../../../shared/ports/repositories/accounts.ts';
import type { LatencyRow } from '../../../../shared/ports/repositories/execution.ts';
import { runConfig } from '../../core/core.ts';
import { accountRow, barRow, dailyBar, decision, equityRow, fill, OPEN_MS, order, SESSION } from '../trading-rows.ts';
import { signal } from '../../trading/messages.ts';
import type { Bench } from './bench.ts';
import { feeds } from '../feeds.ts';

const entry = order();
const stop = order({ orderRef: '20250103-029-AAPL-P', kind: 'STOP', type: 'STOP', parentRef: entry.orderRef });
const decisions = [decision({ minuteIndex: 28 }), decision({ orders: [entry, stop] }), decision({ minuteIndex: 100 })];
const fills = [fill(), fill({ fillId: 'second', symbol: 'MSFT' })];

export function ledgerContract(bench: Bench): void {
  describe('the rows of a ledger', () => {
    beforeEach(() => writeRun(bench));

    it('hold the run and its sessions, oldest first', async () => {
      const { runId, ledger } = bench;
      expect(await ledger.run(runId)).toEqual({
        kind: 'replay',
        config: runConfig({ runId }),
        ledgerVersion: LEDGER_VERSION,
      });
      expect(await ledger.run('nobody')).toBeNull();
      expect((await ledger.sessions(runId)).map(({ session }) => session)).toEqual([SESSION, 20250106]);
    });

    it('hold the decisions of the minutes by minute, with their orders as they were approved', async () => {
      expect(await bench.ledger.decisions(bench.runId, SESSION)).toEqual(decisions);
    });

    it('hold what commands left standing, in order', async () => {
      const causes = [{ cause: 'OPERATOR_HALT', sinceMs: 7, by: 'page', why: 'lunch' }] as const;
      const at = { minuteIndex: 28, symbols: [] };
      await bench.inTransaction(async ({ decisions: rows }) => {
        const record = { runId: bench.runId, cause: 'command', signal: null } as const;
        await rows.add({ ...record, decision: decision({ ...at, state: 'HALTED', causes }) });
        await rows.add({ ...record, decision: decision(at) });
      });
      const { eventMs } = decision(at);
      expect(await bench.ledger.commands(bench.runId, SESSION)).toEqual([
        { minuteIndex: 28, eventMs, causes },
        { minuteIndex: 28, eventMs, causes: [] },
      ]);
      expect(await bench.ledger.commands(bench.runId, 20250106)).toEqual([]);
    });

    it('name the minutes that were decided without a signal, by minute', async () => {
      const { runId, ledger } = bench;
      expect(await ledger.quarantinedMinutes(runId, SESSION)).toEqual([28, 100]);
      expect(await ledger.quarantinedMinutes(runId, 20250106)).toEqual([]);
      const since = (session: number) => bench.inTransaction(({ decisions: rows }) => rows.quarantined(runId, session));
      expect(await since(SESSION)).toEqual([28, 100].map((minuteIndex) => ({ session: SESSION, minuteIndex })));
      expect(await since(20250106)).toEqual([]);
    });

    it('hold fills by time, symbol and sequence', async () => {
      expect(await bench.ledger.fills(bench.runId, SESSION)).toEqual(fills);
    });

    it("hold the limit's reference of the close, whatever was armed behind it", async () => {
      const { runId, ledger } = bench;
      const closed = await closeAndArm(bench);
      expect(await ledger.accounts(runId)).toContainEqual(closed);
    });

    it('hold accounts, latencies, bars and daily bars', async () => {
      const { runId, ledger } = bench;
      expect(await ledger.accounts(runId)).toEqual([accountRow({ runId }), accountRow({ runId, session: 20250106 })]);
      expect(await ledger.latency(runId)).toEqual([latency(runId)]);
      expect(await ledger.bars({ runId, session: SESSION }, { fromMs: OPEN_MS, toMs: OPEN_MS + 1 })).toEqual([
        barRow(),
        barRow({ symbol: 'MSFT' }),
      ]);
      expect(await ledger.dailyBars(['AAPL'])).toEqual([dailyBar({ session: 20250102 }), dailyBar()]);
    });
  });
}

/** The account as it closed; arming moved its reference afterwards. */
async function closeAndArm(bench: Bench): Promise<AccountRow> {
  const closed = accountRow({ runId: bench.runId, closed: true });
  await bench.inTransaction(({ accounts }) => accounts.save(closed, [], equityRow()));
  await bench.inTransaction(({ accounts }) => accounts.save({ ...closed, limitReferenceE4: 25_010_000 }, [], null));
  return closed;
}

async function writeRun(bench: Bench): Promise<void> {
  const { runId } = bench;
  await bench.inTransaction(async (repositories) => {
    await repositories.runs.create(runConfig({ runId }), 'replay');
    for (const session of [20250106, SESSION]) {
      await repositories.runs.openSession({ runId, session, minutes: 390, openMs: OPEN_MS }, feeds());
      await repositories.accounts.save(accountRow({ runId, session }), [], null);
    }
    // Later minutes first: the order of writing must not matter.
    for (const each of decisions.toReversed()) {
      const seen = each.minuteIndex === 29 ? signal().data : null;
      await repositories.decisions.add({ runId, cause: 'minute', decision: each, signal: seen });
    }
    const pulse = decision({ orders: [order({ orderRef: 'of-a-pulse' })] });
    await repositories.decisions.add({ runId, cause: 'pulse', decision: pulse, signal: null });
    await repositories.execution.addFills(runId, fills.toReversed());
    await repositories.execution.saveLatency(latency(runId));
    await repositories.bars.add(feeds(), [barRow({ symbol: 'MSFT' }), barRow()]);
    await repositories.dailyBars.upsert([dailyBar({ symbol: 'MSFT' }), dailyBar(), dailyBar({ session: 20250102 })]);
  });
}

function latency(runId: string): LatencyRow {
  const stages = { closedMs: 1.5, ingestMs: 2, signalMs: 3, riskMs: 4, recordedMs: 5 };
  return { runId, session: SESSION, minuteIndex: 0, ...stages };
}
