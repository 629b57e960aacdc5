/**
 * Volumes of whole sessions in memory.
 */

import type { VolumeRepository } from '../../../shared/ports/repositories/market.ts';
import { requireWhole } from './constraints.ts';
import { byteOrder, type Tables } from './tables.ts';

export function volumeRepository({ volumes }: Tables): VolumeRepository {
  return {
    async add(runId, session, rows) {
      for (const volume of rows.flatMap((row) => row.volumes)) requireWhole({ volume }, ['volume']);
      for (const row of rows)
        volumes.insert(`${runId}/${session}/${row.symbol}`, { owner: runId, row: { ...row, session } });
    },
    async of(runId, sessions) {
      const rows = volumes.where(({ owner, row }) => owner === runId && sessions.includes(row.session));
      return rows.map(({ row }) => row).toSorted((a, b) => a.session - b.session || byteOrder(a.symbol, b.symbol));
    },
  };
}
