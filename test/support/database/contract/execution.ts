/**
 * The contract of decisions, orders and fills, and of how far a session has come.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { runConfig } from '../../core/core.ts';
import { decision, fill, OPEN_MS, order, SESSION } from '../trading-rows.ts';
import { signal } from '../../trading/messages.ts';
import type { Bench } from './bench.ts';
import { feeds } from '../feeds.ts';

const MINUTE_MS = 60_000;

export function executionContract(bench: Bench): void {
  fillsContract(bench);
  recordsContract(bench);
  decisionsContract(bench);
}

function openRun(bench: Bench): Promise<void> {
  const { runId } = bench;
  return bench.inTransaction(async ({ runs }) => {
    await runs.create(runConfig({ runId }), 'replay');
    await runs.openSession({ runId, session: SESSION, minutes: 390, openMs: OPEN_MS }, feeds());
  });
}

/** What a restart compares with. */
function recordsContract(bench: Bench): void {
  describe('what is on record of a session', () => {
    beforeEach(() => openRun(bench));

    it('sums fills up to a minute by symbol: shares, and what they brought in less what they cost', async () => {
      const fees = { commissionE4: 100, exchangeE4: 20, secE4: 3, tafE4: 4 };
      const rows = [
        fill({ fillId: 'a', quantity: 5, priceE4: 1_000, fees, minuteIndex: 10 }),
        fill({ fillId: 'b', quantity: 2, priceE4: 1_100, fees, minuteIndex: 12, side: 'SELL' }),
        fill({ fillId: 'c', symbol: 'MSFT', quantity: 1, priceE4: 7, fees, minuteIndex: 12 }),
        fill({ fillId: 'd', quantity: 3, minuteIndex: 13 }),
        fill({ fillId: 'e', quantity: 3, session: 20250106, minuteIndex: 0 }),
      ];
      await bench.inTransaction(({ execution }) => execution.addFills(bench.runId, rows));
      const held = (minuteIndex: number) =>
        bench.inTransaction(({ execution }) => execution.held(bench.runId, { session: SESSION, minuteIndex }));
      expect(await held(9)).toEqual([]);
      expect(await held(12)).toEqual([
        { symbol: 'AAPL', quantity: 3, cashE4: -5_000 - 127 + 2_200 - 127 },
        { symbol: 'MSFT', quantity: 1, cashE4: -7 - 127 },
      ]);
    });

    it('tells what became of the orders of a session after they were taken', async () => {
      const orders = [order({ orderRef: 'one' }), order({ orderRef: 'two' })];
      const decided = { runId: bench.runId, cause: 'minute', decision: decision({ orders }), signal: null } as const;
      await bench.inTransaction(({ decisions }) => decisions.add(decided));
      const row = (orderRef: string, event: 'ACCEPTED' | 'FILLED' | 'EXPIRED', eventMs: number) => {
        return { orderRef, event, eventMs, detail: `of ${orderRef}` };
      };
      const events = [
        row('one', 'ACCEPTED', 1),
        row('two', 'EXPIRED', 3),
        row('one', 'FILLED', 2),
        row('of-another', 'FILLED', 2),
      ];
      await bench.twice(({ execution }) => execution.addOrderEvents(bench.runId, events));
      const ended = await bench.inTransaction(({ execution }) => execution.orderEvents(bench.runId, SESSION));
      expect(ended).toEqual([events[2], events[1]]);
      expect(await bench.inTransaction(({ execution }) => execution.orderEvents(bench.runId, 20250106))).toEqual([]);
    });

    it('gives back what a minute was decided on', async () => {
      const seen = signal({ session: SESSION, minuteIndex: 3, observation: [0.125, -2.5] }).data;
      const { policy, ready, observation, signals } = seen;
      await bench.inTransaction(async ({ decisions }) => {
        const add = (minuteIndex: number, of: typeof seen | null) =>
          decisions.add({
            runId: bench.runId,
            cause: 'minute',
            decision: decision({ minuteIndex, orders: [] }),
            signal: of,
          });
        await add(3, seen);
        await add(4, null);
      });
      const signalOf = (minuteIndex: number) =>
        bench.inTransaction(({ decisions }) => decisions.signalOf(bench.runId, { session: SESSION, minuteIndex }));
      const kept = { policy, ready, observation, signals };
      expect([await signalOf(3), await signalOf(4), await signalOf(5)]).toEqual([kept, null, null]);
    });
  });
}

function fillsContract(bench: Bench): void {
  describe('what the broker did', () => {
    beforeEach(() => openRun(bench));

    it('stores each fill once and returns them in the order of the ledger', async () => {
      const fills = [
        fill(),
        fill({ fillId: 'b-2', symbol: 'MSFT', sequence: 1 }),
        fill({ fillId: 'b-1', symbol: 'MSFT', sequence: 0 }),
        fill({ fillId: 'a-0', minuteIndex: 3, eventMs: OPEN_MS + 4 * MINUTE_MS }),
      ];
      await bench.twice(({ execution }) => execution.addFills(bench.runId, fills));
      const stored = await bench.inTransaction(({ execution }) => execution.fills(bench.runId, SESSION));
      expect(stored).toEqual([fills[3], fills[0], fills[2], fills[1]]);
      expect(await bench.inTransaction(({ execution }) => execution.fills(bench.runId, 20250106))).toEqual([]);
    });

    it('knows how far a session has come, and never goes back', async () => {
      const progress = () => bench.inTransaction(({ execution }) => execution.progress(bench.runId, SESSION));
      expect(await progress()).toEqual({ publishedMinute: -1, decidedMinute: -1 });
      for (const minute of [0, 1, 2, 1])
        await bench.inTransaction(({ execution }) => execution.markPublished(bench.runId, SESSION, minute));
      for (const minute of [0, 1, 0])
        await bench.inTransaction(({ execution }) => execution.markDecided(bench.runId, SESSION, minute));
      expect(await progress()).toEqual({ publishedMinute: 2, decidedMinute: 1 });
      expect(await bench.inTransaction(({ execution }) => execution.progress(bench.runId, 20250106))).toEqual({
        publishedMinute: -1,
        decidedMinute: -1,
      });
    });

    it('stores an order event once and overwrites the latency of a minute', async () => {
      const latency = {
        runId: bench.runId,
        session: SESSION,
        minuteIndex: 5,
        closedMs: 1.25,
        ingestMs: 2,
        signalMs: 3,
        riskMs: 4,
        recordedMs: 5,
      };
      await bench.twice(async ({ execution, decisions: repository }) => {
        await execution.addOrderEvents(bench.runId, [{ orderRef: 'a', event: 'ACCEPTED', eventMs: 1, detail: '' }]);
        await execution.saveLatency(latency);
        await repository.riskEvent({ runId: bench.runId, eventMs: 1, kind: 'COMMAND', detail: 'halt', outcome: null });
      });
      await bench.inTransaction(({ execution }) => execution.saveLatency({ ...latency, recordedMs: 6.5 }));
      expect(await bench.look.orderEvents(bench.runId)).toEqual(['ACCEPTED']);
      expect(await bench.look.riskEvents(bench.runId)).toEqual(['COMMAND', 'COMMAND']);
      expect(await bench.ledger.latency(bench.runId)).toEqual([{ ...latency, recordedMs: 6.5 }]);
    });
  });
}

function decisionsContract(bench: Bench): void {
  describe('decisions', () => {
    beforeEach(() => openRun(bench));

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
        await bench.twice(({ decisions: repository }) =>
          repository.add({ runId: bench.runId, cause: 'minute', decision: each, signal: null }),
        );
      }
      const command = decision({ minuteIndex: 30, orders: [exit] });
      await bench.inTransaction(({ decisions: repository }) =>
        repository.add({ runId: bench.runId, cause: 'command', decision: command, signal: null }),
      );
      await bench.inTransaction(({ execution }) => execution.markDecided(bench.runId, SESSION, 30));
      expect(await bench.inTransaction(({ execution }) => execution.takenDecisions(bench.runId, SESSION))).toEqual([
        { minuteIndex: 29, orders: [entry, stop], cancels: [] },
        { minuteIndex: 30, orders: [], cancels: [stop.orderRef] },
        { minuteIndex: 30, orders: [exit], cancels: [] },
      ]);
    });

    it('numbers the decisions of pulses and commands within their minute', async () => {
      for (const cause of ['minute', 'pulse', 'pulse', 'command'] as const) {
        await bench.inTransaction(({ decisions: repository }) =>
          repository.add({ runId: bench.runId, cause, decision: decision(), signal: null }),
        );
      }
      expect(await bench.look.decisionKeys(bench.runId)).toEqual(['command/0', 'minute/0', 'pulse/0', 'pulse/1']);
    });
  });
}
