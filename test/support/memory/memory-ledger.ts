/**
 * What a ledger is made of, read from the tables of a memory database as the reports read it from SQL.
 */

import type { LedgerSource } from '../../../shared/adapters/postgres/runs/ledger-rows.ts';
import type { AccountRow } from '../../../shared/ports/repositories/accounts.ts';
import { barRepository } from './bar-repositories.ts';
import { fillsOf } from './execution-repository.ts';
import { quarantinedMinutes, sessionsOf } from './run-repositories.ts';
import { byteOrder, type Tables } from './tables.ts';

/** Reads what is committed at the time of each question. */
export function createMemoryLedger(database: { readonly tables: Tables }): LedgerSource {
  return {
    run: async (runId) => database.tables.runs.get(runId) ?? null,
    sessions: async (runId) => sessionsOf(database.tables.sessions.where((row) => row.runId === runId)),
    async decisions(runId, session) {
      const rows = database.tables.decisions.where((row) => row.runId === runId && row.cause === 'minute');
      return rows
        .map(({ decision }) => decision)
        .filter((decision) => decision.session === session)
        .toSorted((a, b) => a.minuteIndex - b.minuteIndex);
    },
    async commands(runId, session) {
      const rows = database.tables.decisions.where((row) => row.runId === runId && row.cause === 'command');
      return rows
        .filter(({ decision }) => decision.session === session)
        .toSorted((a, b) => a.decision.minuteIndex - b.decision.minuteIndex || a.sequence - b.sequence)
        .map(({ decision: { minuteIndex, eventMs, causes } }) => ({ minuteIndex, eventMs, causes }));
    },
    async quarantinedMinutes(runId, session) {
      const ofSession = database.tables.decisions.where(
        (row) => row.runId === runId && row.decision.session === session,
      );
      return quarantinedMinutes(ofSession).map(({ minuteIndex }) => minuteIndex);
    },
    fills: async (runId, session) => fillsOf(database.tables, runId, session),
    async accounts(runId) {
      const rows = database.tables.accounts.where((row) => row.runId === runId);
      return rows.map((row) => atClose(database.tables, row)).toSorted((a, b) => a.session - b.session);
    },
    bars: async (of, range) => [...(await barRepository(database.tables).between(of, range))],
    async dailyBars(symbols) {
      const rows = database.tables.dailyBars.where(({ symbol }) => symbols.includes(symbol));
      return rows.toSorted((a, b) => byteOrder(a.symbol, b.symbol) || a.session - b.session);
    },
    async latency(runId) {
      const rows = database.tables.latency.where((row) => row.runId === runId);
      return rows.toSorted((a, b) => a.session - b.session || a.minuteIndex - b.minuteIndex);
    },
  };
}

/** The limit's reference at the last minute's close, where that minute is stored. */
function atClose({ equity }: Tables, account: AccountRow): AccountRow {
  const last = equity.get(`${account.runId}/${account.session}/${account.lastMinute}`)?.row;
  return last === undefined ? account : { ...account, limitReferenceE4: last.equityE4 + last.limitDrawdownE4 };
}
