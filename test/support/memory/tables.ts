/**
 * The tables of the memory database: rows of the ports with the keys of `sql/migrations`.
 */

import type { AuditRow } from '../../../shared/domain/audit/chain.ts';
import type { Decision } from '../../../shared/domain/risk/types.ts';
import type { Fill } from '../../../shared/domain/orders/types.ts';
import type { AccountRow, EquityRow, PositionRow } from '../../../shared/ports/repositories/accounts.ts';
import type { DecisionRecord, RiskEventRow } from '../../../shared/ports/repositories/decisions.ts';
import type { LatencyRow, OrderEventRow } from '../../../shared/ports/repositories/execution.ts';
import type { BarRow, DailyBar, QualityRow, SessionVolumes } from '../../../shared/ports/repositories/market.ts';
import type { OutboxRow, QuarantineRow } from '../../../shared/ports/repositories/messages.ts';
import type { Feeds, SessionRow } from '../../../shared/ports/repositories/runs.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import type { ConsumerName } from '../../../shared/topology.ts';
import { Table } from './table.ts';

export interface MemoryOutboxRow extends OutboxRow {
  readonly writer: ConsumerName;
  readonly causeId: string;
  readonly createdAtMs: number;
  readonly published: boolean;
}

export interface StoredRunRow {
  readonly kind: 'paper' | 'replay';
  readonly config: RunConfig;
  readonly ledgerVersion: string;
}

export interface StoredSessionRow extends SessionRow {
  readonly publishedMinute: number;
  readonly decidedMinute: number;
}

/** A decision whose orders are those that were not stored with an earlier one. */
export interface StoredDecision extends DecisionRecord {
  readonly sequence: number;
  readonly decision: Decision;
}

/** A row of a run or of a feed. */
export interface Owned<Row> {
  readonly owner: string;
  readonly row: Row;
}

export interface Tables {
  readonly inbox: Table<string>;
  /** Versions by consumer and run. */
  readonly folds: Table<number>;
  readonly outbox: Table<MemoryOutboxRow>;
  readonly quarantine: Table<QuarantineRow>;
  readonly runs: Table<StoredRunRow>;
  readonly books: Table<Pick<RunConfig, 'accountUsdE4' | 'market' | 'broker'>>;
  readonly sessions: Table<StoredSessionRow>;
  /** By run and session. */
  readonly feeds: Table<Feeds>;
  readonly bars: Table<Owned<BarRow>>;
  readonly quality: Table<Owned<QualityRow>>;
  readonly volumes: Table<Owned<SessionVolumes>>;
  readonly dailyBars: Table<DailyBar>;
  readonly decisions: Table<StoredDecision>;
  /** References of the orders of a run, for storing each once. */
  readonly orderRefs: Table<string>;
  readonly riskEvents: Table<RiskEventRow>;
  readonly accounts: Table<AccountRow>;
  readonly positions: Table<Owned<PositionRow>>;
  readonly equity: Table<Owned<EquityRow>>;
  readonly fills: Table<Owned<Fill>>;
  readonly orderEvents: Table<Owned<OrderEventRow>>;
  readonly latency: Table<LatencyRow>;
  readonly audit: Table<AuditRow>;
}

export function emptyTables(): Tables {
  return {
    inbox: new Table(),
    folds: new Table(),
    outbox: new Table(),
    quarantine: new Table(),
    runs: new Table(),
    books: new Table(),
    sessions: new Table(),
    feeds: new Table(),
    bars: new Table(),
    quality: new Table(),
    volumes: new Table(),
    dailyBars: new Table(),
    decisions: new Table(),
    orderRefs: new Table(),
    riskEvents: new Table(),
    accounts: new Table(),
    positions: new Table(),
    equity: new Table(),
    fills: new Table(),
    orderEvents: new Table(),
    latency: new Table(),
    audit: new Table(),
  };
}

/** What a transaction works on; `commitTables` makes it the database. */
export function forkTables(tables: Tables): Tables {
  const forks = Object.entries(tables).map(([name, table]) => [name, (table as Table<unknown>).fork()]);
  return Object.fromEntries(forks) as Tables;
}

export function commitTables(forks: Tables): void {
  for (const table of Object.values(forks)) (table as Table<unknown>).commit();
}

export function byteOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
