/**
 * What a database must offer to be held to the contract of the repositories, and the bench its tests work on.
 */

import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { LedgerSource } from '../../../../shared/adapters/postgres/runs/ledger-rows.ts';
import type { AuditRow } from '../../../../shared/domain/audit/chain.ts';
import type { Database, Repositories } from '../../../../shared/ports/repositories.ts';

/** Rows that no repository gives back. */
export interface Look {
  positions(runId: string): Promise<{ symbol: string; quantity: number }[]>;
  equityMinutes(runId: string): Promise<number[]>;
  orderEvents(runId: string): Promise<string[]>;
  riskEvents(runId: string): Promise<string[]>;
  /** Such as `pulse/1`, by cause and sequence. */
  decisionKeys(runId: string): Promise<string[]>;
  /** Bodies, oldest first. */
  quarantined(source: string): Promise<string[]>;
  /** Oldest first. */
  auditRows(chain: string): Promise<AuditRow[]>;
}

export interface Subject {
  readonly database: Database;
  readonly ledger: LedgerSource;
  readonly look: Look;
  close(): Promise<void>;
}

export interface Bench {
  readonly look: Look;
  readonly ledger: LedgerSource;
  /** Another one for each test: the database stays. */
  readonly runId: string;
  inTransaction<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result>;
  /** Does it twice, in two transactions, as a redelivered message would. */
  twice(work: (repositories: Repositories) => Promise<unknown>): Promise<void>;
}

/** Counted over all benches, since several may share a server. */
let runs = 0;

/** Opens the subject before the tests of the file or block, and closes it behind them. */
export function openBench(open: () => Promise<Subject>): Bench {
  let subject: Subject;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject.close());
  beforeEach(() => {
    runs += 1;
  });
  const inTransaction: Bench['inTransaction'] = (work) => subject.database.transaction(work);
  return {
    get look() {
      return subject.look;
    },
    get ledger() {
      return subject.ledger;
    },
    get runId() {
      return `run-${runs}`;
    },
    inTransaction,
    async twice(work) {
      await inTransaction(work);
      await inTransaction(work);
    },
  };
}
