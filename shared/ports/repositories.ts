/**
 * What handlers and the gateway read and write, bound to one transaction. Each table has one writer, which the file of its
 * subject names.
 */

import type { AccountRepository } from './repositories/accounts.ts';
import type { AuditRepository } from './repositories/audit.ts';
import type { DecisionRepository } from './repositories/decisions.ts';
import type { ExecutionRepository } from './repositories/execution.ts';
import type { BarRepository, DailyBarRepository, VolumeRepository } from './repositories/market.ts';
import type {
  FoldRepository,
  InboxRepository,
  OutboxRepository,
  QuarantineRepository,
} from './repositories/messages.ts';
import type { RunRepository } from './repositories/runs.ts';

export interface Database {
  /** Runs `work` in one transaction; rolls back and rethrows on failure. DatabaseError is retryable when the world failed. */
  transaction<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface Repositories {
  readonly inbox: InboxRepository;
  readonly folds: FoldRepository;
  readonly outbox: OutboxRepository;
  readonly quarantine: QuarantineRepository;
  readonly runs: RunRepository;
  readonly bars: BarRepository;
  readonly volumes: VolumeRepository;
  readonly dailyBars: DailyBarRepository;
  readonly decisions: DecisionRepository;
  readonly accounts: AccountRepository;
  readonly execution: ExecutionRepository;
  readonly audit: AuditRepository;
}
