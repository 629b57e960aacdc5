/**
 * The repositories on a real server keep the contract; the ledger is read by the role that can only read.
 */

import { describe } from 'vitest';
import type { Pool } from 'pg';
import { createAuditReader } from '../../../../../shared/adapters/postgres/audit/audit-rows.ts';
import { createLedgerSource } from '../../../../../shared/adapters/postgres/runs/ledger-rows.ts';
import type { AuditRow } from '../../../../../shared/domain/audit/chain.ts';
import { startTestPostgres } from '../../../../support/database/postgres.ts';
import { type Look, repositoriesContract, type Subject } from '../../../../support/database/contract/contract.ts';

describe('the repositories on Postgres', () => {
  repositoriesContract(async (): Promise<Subject> => {
    const postgres = await startTestPostgres();
    const reader = postgres.pool('reader');
    return {
      database: postgres.database,
      ledger: createLedgerSource(reader),
      look: lookInto(reader),
      close: () => postgres.stop(),
    };
  });
});

function lookInto(pool: Pool): Look {
  async function column(text: string, value: string): Promise<string[]> {
    const { rows } = await pool.query<{ value: string }>(text, [value]);
    return rows.map((row) => row.value);
  }
  return {
    async positions(runId) {
      const { rows } = await pool.query<{ symbol: string; quantity: string }>(
        'SELECT symbol, quantity FROM positions WHERE run_id = $1 ORDER BY symbol',
        [runId],
      );
      return rows.map(({ symbol, quantity }) => ({ symbol, quantity: Number(quantity) }));
    },
    async equityMinutes(runId) {
      const minutes = await column('SELECT minute_index AS value FROM equity WHERE run_id = $1 ORDER BY 1', runId);
      return minutes.map(Number);
    },
    orderEvents: (runId) => column('SELECT event AS value FROM order_events WHERE run_id = $1', runId),
    riskEvents: (runId) => column('SELECT kind AS value FROM risk_events WHERE run_id = $1 ORDER BY id', runId),
    decisionKeys: (runId) =>
      column(`SELECT cause || '/' || sequence AS value FROM decisions WHERE run_id = $1 ORDER BY 1`, runId),
    async auditRows(chain) {
      const rows: AuditRow[] = [];
      for await (const batch of createAuditReader(pool).rowsAfter({ chain, sequence: 0 })) rows.push(...batch);
      return rows;
    },
    quarantined: (source) => column('SELECT body AS value FROM quarantine WHERE source = $1 ORDER BY id', source),
  };
}
