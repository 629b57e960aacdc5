/**
 * The Database port over Postgres: a pool of pipelined connections, one of them per transaction.
 *
 * A server that is killed costs the transactions under way, which fail as retryable; the next ones connect again.
 */

import type { Pool, PoolClient } from 'pg';
import type { ChainHead } from '../../../domain/audit/chain.ts';
import type { AuditRepository } from '../../../ports/repositories/audit.ts';
import type { FoldRepository } from '../../../ports/repositories/messages.ts';
import type { Database, Repositories } from '../../../ports/repositories.ts';
import { accountRepository } from '../runs/account-repository.ts';
import { auditRepository, ChainHeads } from '../audit/audit-repository.ts';
import { barRepository } from '../market/bar-repository.ts';
import { volumeRepository } from '../market/volume-repository.ts';
import { dailyBarRepository } from '../market/daily-bar-repository.ts';
import { toDatabaseError } from './database-error.ts';
import { decisionRepository } from '../runs/decision-repository.ts';
import { executionRepository } from '../runs/execution-repository.ts';
import { foldRepository, OwnVersions } from '../messages/fold-repository.ts';
import { inboxRepository } from '../messages/inbox-repository.ts';
import { FORGET_CLOSED, outboxRepository } from '../messages/outbox-repository.ts';
import { createPool, type PostgresOptions } from './pool.ts';
import { quarantineRepository } from '../messages/quarantine-repository.ts';
import { runRepository } from '../runs/run-repository.ts';
import { Transaction } from './transaction.ts';

export interface PostgresDatabase extends Database {
  /** Makes the partitions of the coming weeks and drops expired messages; called daily. */
  maintain(nowMs: number): Promise<void>;
}

const MAINTAIN = { name: 'maintain', text: 'SELECT md.maintain(to_timestamp($1::float8 / 1000))' };

/** Connects at the first transaction. */
export function createPostgresDatabase(options: PostgresOptions): PostgresDatabase {
  const pool = createPool(options);
  const heads = new ChainHeads();
  const own = new OwnVersions();
  // Where another process has gone on with a run, its chains have grown too.
  const onForeign = (runId: string): void => heads.forgetRun(runId);
  return {
    async transaction(work) {
      const appended = new Map<string, ChainHead>();
      const entered = new Map<string, number>();
      const result = await inTransaction(pool, (transaction) => {
        const audit = auditRepository(transaction, heads, appended);
        const folds = foldRepository(transaction, { own, entered, onForeign });
        return work(repositoriesOn(transaction, { audit, folds }));
      });
      heads.put(appended);
      own.put(entered);
      return result;
    },
    async maintain(nowMs) {
      await inTransaction(pool, (transaction) => transaction.read(MAINTAIN, [nowMs]));
      // May take the outbox for itself, which nobody who holds rows of it can wait for.
      await inTransaction(pool, (transaction) => transaction.read(FORGET_CLOSED, []));
    },
    close: () => pool.end(),
  };
}

async function inTransaction<Result>(pool: Pool, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  const client = await connect(pool);
  const transaction = new Transaction(client);
  let isReusable = true;
  try {
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    isReusable = await transaction.rollback();
    throw toDatabaseError(transaction.failure ?? error);
  } finally {
    client.release(!isReusable);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

/** What remembers something of earlier transactions is given. */
function repositoriesOn(
  transaction: Transaction,
  remembering: { readonly audit: AuditRepository; readonly folds: FoldRepository },
): Repositories {
  return {
    ...remembering,
    inbox: inboxRepository(transaction),
    outbox: outboxRepository(transaction),
    quarantine: quarantineRepository(transaction),
    runs: runRepository(transaction),
    bars: barRepository(transaction),
    volumes: volumeRepository(transaction),
    dailyBars: dailyBarRepository(transaction),
    decisions: decisionRepository(transaction),
    accounts: accountRepository(transaction),
    execution: executionRepository(transaction),
  };
}
