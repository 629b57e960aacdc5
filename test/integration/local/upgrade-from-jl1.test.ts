/**
 * A run stored under JL1, after the migrations of this version: read with its causes and both drawdowns, without a hash,
 * and not continued.
 */

import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuildStoredRun } from '../../../local/cli/reach/rebuild-ledger.ts';
import { LOGIN_SECRETS, withClient } from '../../../local/database/connect.ts';
import { MIGRATIONS, type MigrationFolders } from '../../../local/database/migration-files.ts';
import { prepareDatabase } from '../../../local/database/prepare.ts';
import { startPostgres } from '../../../local/emulators/postgres/server.ts';
import type { DatabaseOptions, DatabaseServer } from '../../../local/stack/database-service.ts';
import { createPool } from '../../../shared/adapters/postgres/connection/pool.ts';
import { createLedgerSource } from '../../../shared/adapters/postgres/runs/ledger-rows.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';
import { runConfig } from '../../support/core/core.ts';
import { appDatabase, temporaryOptions, testSuperuser } from '../../support/database/postgres.ts';

const CAUSES_MIGRATION = '0009_causes.sql';
const SESSION = 20250103;
const OPEN_MS = Date.UTC(2025, 0, 3, 14, 30);
const at = (minute: number): number => OPEN_MS + (minute + 1) * 60_000;
/** Of JL1: no book, no opening. */
const CONFIG = {
  runId: 'run-1',
  feed: 'csv',
  symbols: ['AAPL'],
  policy: 'rule',
  profile: 'basic',
  fees: 'tiered',
  accountUsdE4: 25_000_000,
  seed: 1,
  minutesMax: 5,
  rearm: 'manual',
};
const SIGNAL_ID = `signal/run-1/${SESSION}/4`;
/** Armed in minute 3 of five, from a peak of $2,510 to the equity of then. */
const STATES = [
  ['ACTIVE', 'NONE', 25_100_000, 0],
  ['REDUCING', 'DAILY_LOSS', 24_500_000, 600_000],
  ['HALTED', 'OPERATOR', 24_400_000, 700_000],
  ['HALTED', 'OPERATOR', 24_400_000, 0],
  ['REDUCING', 'BACKUP_FEED', 24_300_000, 100_000],
] as const;

let folders: MigrationFolders;
let root: string;
let options: DatabaseOptions;
let server: DatabaseServer;
let reader: Pool;

async function storeUnderJl1(client: Client): Promise<void> {
  await client.query(`INSERT INTO runs (run_id, kind, config) VALUES ('run-1', 'replay', $1)`, [
    JSON.stringify(CONFIG),
  ]);
  await client.query(`INSERT INTO sessions VALUES ('run-1', $1, 5, $2)`, [SESSION, OPEN_MS]);
  for (const [minute, [state, cause, equityE4, drawdownE4]] of STATES.entries()) {
    await client.query(
      `INSERT INTO decisions (run_id, session, minute_index, cause, sequence, minutes, event_ms, state, state_cause,
        equity_e4, symbols, cancels, signal) VALUES ('run-1', $1, $2, 'minute', 0, 5, $3, $4, $5, $6, '[]', '[]', '{}')`,
      [SESSION, minute, at(minute), state, cause, equityE4],
    );
    await client.query(
      `INSERT INTO equity (run_id, session, minute_index, event_ms, equity_e4, cash_e4, fees_e4, drawdown_e4)
        VALUES ('run-1', $1, $2, $3, $4, $4, 0, $5)`,
      [SESSION, minute, at(minute), equityE4, drawdownE4],
    );
  }
  await client.query(
    `INSERT INTO accounts (run_id, session, last_minute, closed, opening_cash_e4, cash_e4, equity_e4, peak_equity_e4,
      realized_e4, fees_e4, max_drawdown_e4, trading_state, state_cause, halted_at_ms, snapshot)
      VALUES ('run-1', $1, 4, true, 25000000, 24300000, 24300000, 24400000, -700000, 0, 700000, 'REDUCING',
        'BACKUP_FEED', $2, '{"rearms":1}')`,
    [SESSION, at(2)],
  );
  // Halted before its first session, which was stored as if one were over.
  await client.query(`INSERT INTO accounts (run_id, session, last_minute, closed, opening_cash_e4, cash_e4, equity_e4,
      peak_equity_e4, realized_e4, fees_e4, max_drawdown_e4, trading_state, state_cause, halted_at_ms, snapshot)
      VALUES ('run-0', 0, -1, true, 25000000, 25000000, 25000000, 25000000, 0, 0, 0, 'HALTED', 'OPERATOR', 1, '{"rearms":0}')`);
  await client.query(`INSERT INTO inbox (consumer, message_id) VALUES ('risk', $1)`, [SIGNAL_ID]);
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'jules-upgrade-'));
  folders = { native: join(root, 'native'), timescale: join(root, 'timescale') };
  cpSync(MIGRATIONS.native, folders.native, { recursive: true });
  cpSync(MIGRATIONS.timescale, folders.timescale, { recursive: true });
  for (const name of readdirSync(folders.native)) if (name >= CAUSES_MIGRATION) rmSync(join(folders.native, name));
  options = await temporaryOptions();
  server = await startPostgres({ dataDir: options.dataDir, port: options.port, superuser: testSuperuser });
  await prepareDatabase(options, folders);
  await withClient(options, { role: 'superuser' }, storeUnderJl1);
  await prepareDatabase(options);
  const login = databaseLogin({ secrets: options.secrets, name: LOGIN_SECRETS.reader, at: { port: options.port } });
  reader = createPool({ login, applicationName: 'jules-test', poolMax: 1 });
});

afterAll(async () => {
  await reader.end();
  server.kill();
  await server.exited;
  for (const folder of [root, options.dataDir]) rmSync(folder, { recursive: true, force: true });
});

describe('a run of JL1 in a database of this version', () => {
  it('says the causes of its decisions, each since the first decision that showed it', async () => {
    const decisions = await createLedgerSource(reader).decisions('run-1', SESSION);
    const told = decisions.map(({ causes }) => causes.map(({ cause, sinceMs, by }) => [cause, sinceMs, by]));
    expect(told).toEqual([
      [],
      [['DAILY_LOSS', at(1), 'core']],
      [['OPERATOR_HALT', at(2), 'core']],
      [['OPERATOR_HALT', at(2), 'core']],
      [['FEED_BACKUP', at(4), 'core']],
    ]);
  });

  it('says the drawdown of its account from the highest equity it ever had, beside that of the limit', async () => {
    const { rows } = await reader.query(
      'SELECT drawdown_e4::int AS account, limit_drawdown_e4::int AS "limit" FROM equity ORDER BY minute_index',
    );
    expect(rows).toEqual([
      { account: 0, limit: 0 },
      { account: 600_000, limit: 600_000 },
      { account: 700_000, limit: 700_000 },
      { account: 700_000, limit: 0 },
      { account: 800_000, limit: 100_000 },
    ]);
    const [account] = await createLedgerSource(reader).accounts('run-1');
    expect(account).toMatchObject({
      accountPeakE4: 25_100_000,
      limitReferenceE4: 24_400_000,
      maxDrawdownE4: 800_000,
      maxLimitDrawdownE4: 700_000,
    });
  });

  it('has no closed account of a session that never was', async () => {
    const { rows } = await reader.query('SELECT session, closed FROM accounts ORDER BY session');
    expect(rows).toEqual([
      { session: 0, closed: false },
      { session: SESSION, closed: true },
    ]);
  });

  it('is read to its result, with its version and without a hash', async () => {
    const { summary } = await rebuildStoredRun(createLedgerSource(reader), 'run-1', null);
    expect(summary).toMatchObject({ ledgerVersion: 'JL1', ledgerHash: null, drawdownUsd: 80, limitDrawdownUsd: 70 });
    expect(summary.halts).toMatchObject([{ atMs: at(2), causes: ['OPERATOR_HALT'], liftedAtMs: at(4) }]);
  });

  it('has its handled messages known, each to its consumer', async () => {
    const database = appDatabase(options, 1);
    const claim = (consumer: 'risk' | 'gateway', id: string) =>
      database.transaction(({ inbox }) => inbox.claim(consumer, id));
    try {
      expect(await claim('risk', SIGNAL_ID)).toBe(false);
      expect(await claim('gateway', SIGNAL_ID)).toBe(true);
      expect(await claim('risk', `${SIGNAL_ID}1`)).toBe(true);
    } finally {
      await database.close();
    }
  });

  it('is not continued, and the refusal names both versions', async () => {
    const database = appDatabase(options, 1);
    try {
      const config = runConfig({ runId: 'run-1', symbols: ['AAPL'], minutesMax: 5 });
      await expect(database.transaction(({ runs }) => runs.create(config, 'replay'))).rejects.toMatchObject({
        code: 'RUN_OF_ANOTHER_LEDGER',
        message: expect.stringMatching(/ledger of version JL1 and this program writes JL2.*not continued/) as string,
      });
    } finally {
      await database.close();
    }
  });
});
