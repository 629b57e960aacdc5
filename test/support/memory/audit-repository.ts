/**
 * The audit log in memory: the same chains, one writer at a time by the nature of this database.
 */

import { chainRows, EMPTY_CHAIN } from '../../../shared/domain/audit/chain.ts';
import type { AuditRepository } from '../../../shared/ports/repositories/audit.ts';
import { requireFree } from './constraints.ts';
import type { Tables } from './tables.ts';

export function auditRepository({ audit }: Tables): AuditRepository {
  return {
    async append({ chain, causeId, entries }) {
      const head = audit.where((row) => row.chain === chain).at(-1) ?? EMPTY_CHAIN;
      if (causeId !== '' && head.causeId === causeId) return;
      for (const row of chainRows(head, { chain, causeId, entries })) {
        const key = `${chain}/${row.sequence}`;
        requireFree(audit.insert(key, row), key);
      }
    },
  };
}
