/**
 * Appends to the chains of the audit log in the transaction of the effect: one INSERT, with hashes made here.
 *
 * The last entry of a chain is remembered behind each commit. A transaction takes it out before it uses it, so that
 * after a failure, or a commit nobody heard of, the next one asks the database.
 */

import { chainRows, type ChainHead, EMPTY_CHAIN } from '../../../domain/audit/chain.ts';
import type { AuditRepository } from '../../../ports/repositories/audit.ts';
import { columns, integer } from '../connection/columns.ts';
import type { Transaction } from '../connection/transaction.ts';

interface HeadDbRow {
  readonly sequence: string;
  readonly hash: string;
  readonly cause_id: string;
}

const HEAD = { name: 'audit-head', text: 'SELECT sequence, hash, cause_id FROM md.audit_head($1)' };

/** Two writers of one chain meet at its key, and the later one fails. */
const APPEND = {
  name: 'audit-append',
  text: `INSERT INTO audit_log (chain, sequence, kind, event_ms, cause_id, body, previous_hash, hash)
    SELECT $1, s, k, e, $2, b, p, h
    FROM unnest($3::int8[], $4::text[], $5::int8[], $6::text[], $7::text[], $8::text[]) AS u (s, k, e, b, p, h)`,
};

const FIELDS = ['sequence', 'kind', 'eventMs', 'body', 'previousHash', 'hash'] as const;

/** A run has three chains; those of runs long over need not be remembered. */
const REMEMBERED_MAX = 100;

/** The last entries of chains as of the last commits of this process. */
export class ChainHeads {
  readonly #heads = new Map<string, ChainHead>();

  take(chain: string): ChainHead | null {
    const head = this.#heads.get(chain) ?? null;
    this.#heads.delete(chain);
    return head;
  }

  /** Another process has appended to the chains of a run since. */
  forgetRun(runId: string): void {
    for (const chain of this.#heads.keys()) if (chain.startsWith(`${runId}/`)) this.#heads.delete(chain);
  }

  /** After the commit. */
  put(heads: ReadonlyMap<string, ChainHead>): void {
    for (const [chain, head] of heads) {
      const known = this.#heads.get(chain);
      if (known === undefined || known.sequence < head.sequence) this.#heads.set(chain, head);
    }
    for (const chain of this.#heads.keys()) {
      if (this.#heads.size <= REMEMBERED_MAX) return;
      this.#heads.delete(chain);
    }
  }
}

/** `appended` receives the heads that this transaction leaves behind. */
export function auditRepository(
  transaction: Transaction,
  heads: ChainHeads,
  appended: Map<string, ChainHead>,
): AuditRepository {
  return {
    async append({ chain, causeId, entries }) {
      if (entries.length === 0) return;
      const head = appended.get(chain) ?? heads.take(chain) ?? (await readHead(transaction, chain));
      appended.set(chain, head);
      if (causeId !== '' && head.causeId === causeId) return;
      const rows = chainRows(head, { chain, causeId, entries });
      transaction.write(APPEND, [chain, causeId, ...columns(rows, FIELDS)]);
      appended.set(chain, rows.at(-1)!);
    },
  };
}

async function readHead(transaction: Transaction, chain: string): Promise<ChainHead> {
  const [row] = await transaction.read<HeadDbRow>(HEAD, [chain]);
  if (row === undefined) return EMPTY_CHAIN;
  return { sequence: integer(row.sequence, 'audit_log.sequence'), hash: row.hash, causeId: row.cause_id };
}
