/**
 * Volumes of whole sessions, one row for each symbol: arrays, since a start reads hundreds of thousands of them.
 */

import type { SessionVolumes, VolumeRepository } from '../../../ports/repositories/market.ts';
import { columns } from '../connection/columns.ts';
import type { Transaction } from '../connection/transaction.ts';

interface VolumeDbRow {
  readonly session: number;
  readonly symbol: string;
  /** As Postgres writes an array: `{12,0,7}`. */
  readonly volumes: string;
}

const ADD = {
  name: 'volumes-add',
  text: `INSERT INTO session_volumes (run_id, session, symbol, volumes)
    SELECT $1, $2, symbol, volumes::int8[] FROM unnest($3::text[], $4::text[]) AS given(symbol, volumes)
    ON CONFLICT (run_id, session, symbol) DO NOTHING`,
};

const OF = {
  name: 'volumes-of',
  text: `SELECT session, symbol, volumes::text FROM session_volumes
    WHERE run_id = $1 AND session = ANY ($2) ORDER BY session, symbol`,
};

export function volumeRepository(transaction: Transaction): VolumeRepository {
  return {
    async add(runId, session, rows) {
      const given = rows.map((row) => ({ symbol: row.symbol, volumes: `{${row.volumes.join(',')}}` }));
      transaction.write(ADD, [runId, session, ...columns(given, ['symbol', 'volumes'])]);
    },
    async of(runId, sessions) {
      return (await transaction.read<VolumeDbRow>(OF, [runId, sessions])).map(sessionVolumes);
    },
  };
}

function sessionVolumes({ session, symbol, volumes }: VolumeDbRow): SessionVolumes {
  // Whole numbers by the column's type, written from those of the profile.
  return { session, symbol, volumes: JSON.parse(`[${volumes.slice(1, -1)}]`) as number[] };
}
