/**
 * Migrations, roles and upkeep on a real server: what they make, what they refuse, who may do what.
 */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withClient } from '../../../local/database/connect.ts';
import { MIGRATIONS, type MigrationFolders } from '../../../local/database/migration-files.ts';
import { applyMigrations, countMigrations } from '../../../local/database/migrate-runner.ts';
import { prepareDatabase } from '../../../local/database/prepare.ts';
import { migrationState } from '../../../local/cli/reach/embedded-postgres.ts';
import { startPostgres } from '../../../local/emulators/postgres/server.ts';
import type { DatabaseOptions, DatabaseServer } from '../../../local/stack/database-service.ts';
import { schemaText } from '../../../scripts/schema-text.ts';
import {
  startTestPostgres,
  temporaryOptions,
  TEST_PASSWORDS,
  type TestPostgres,
  testSecrets,
  testSuperuser,
} from '../../support/database/postgres.ts';
import { feeds } from '../../support/database/feeds.ts';

const OURS = readdirSync('sql/migrations').toSorted();
/** The one after them. */
const MORE = `${String(OURS.length + 1).padStart(4, '0')}_more.sql`;

describe('a database prepared by the migrations', () => {
  let postgres: TestPostgres;
  let app: Pool;
  let reader: Pool;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    app = postgres.pool('app');
    reader = postgres.pool('reader');
  });
  afterAll(() => postgres.stop());

  it('has the schema of the snapshot', async () => {
    const now = await withClient(postgres.options, { role: 'superuser' }, schemaText);
    expect(now).toBe(readFileSync('sql/schema.snapshot.txt', 'utf8'));
  });

  it('has nothing pending, and is left alone by the next start', async () => {
    expect(await migrationState(postgres.options)).toEqual({ applied: OURS.length, pending: 0 });
    const before = await reader.query('SELECT * FROM migrations ORDER BY version');
    await prepareDatabase(postgres.options);
    expect((await reader.query('SELECT * FROM migrations ORDER BY version')).rows).toEqual(before.rows);
  });

  it.each([
    'CREATE TABLE mine (id INT)',
    'CREATE TABLE md.mine (id INT)',
    'ALTER TABLE runs ADD COLUMN note TEXT',
    'DROP TABLE fills',
    'TRUNCATE decisions',
    'CREATE SCHEMA mine',
    'CREATE TEMP TABLE mine (id INT)',
    'DELETE FROM decisions',
    'DELETE FROM outbox',
    'UPDATE fills SET quantity = 1',
    'UPDATE ohlcv SET close_e4 = 1',
    'DELETE FROM ohlcv',
    'UPDATE data_quality SET hard = true',
    'UPDATE session_feeds SET run_id = $$x$$',
    'UPDATE orders SET quantity = 1',
    'UPDATE outbox SET envelope = $$x$$',
    'UPDATE runs SET config = $$x$$',
    'UPDATE migrations SET sha256 = $$x$$',
    'UPDATE md.meta SET value = $$x$$',
    'SELECT FROM audit_log',
    'UPDATE audit_log SET body = $$x$$',
    'DELETE FROM audit_log',
    'TRUNCATE audit_log',
    'ALTER ROLE jules_reader SUPERUSER',
    'SET ROLE jules_owner',
    'SELECT pg_read_file($$PG_VERSION$$)',
    'COPY runs TO PROGRAM $$true$$',
  ])('refuses the application role: %s', async (statement) => {
    await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    'INSERT INTO inbox VALUES (md.inbox_key($$a$$, $$b$$))',
    'UPDATE accounts SET closed = true',
    'DELETE FROM positions',
    'UPDATE audit_log SET body = $$x$$',
    'DELETE FROM audit_log',
    'SELECT md.audit_head($$system$$)',
    'SELECT md.maintain(now())',
    'SELECT md.forget_sent()',
    'CREATE TABLE mine (id INT)',
  ])('refuses the reader role: %s', async (statement) => {
    await expect(reader.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('lets nobody in with a wrong password', async () => {
    const secrets = testSecrets(postgres.options.port, { app: 'not-the-password-of-it' });
    const attempt = withClient({ ...postgres.options, secrets }, { role: 'app' }, async () => undefined);
    await expect(attempt).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps no password in its log', () => {
    const log = readFileSync(join(postgres.options.dataDir, 'logs', 'postgres.log'), 'utf8');
    for (const password of Object.values(TEST_PASSWORDS)) expect(log).not.toContain(password);
  });

  it('makes the partitions of the coming weeks, once, and puts each row where it belongs', async () => {
    await postgres.database.maintain(Date.UTC(2026, 10, 24));
    await postgres.database.maintain(Date.UTC(2026, 10, 25));
    const { rows } = await reader.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relname LIKE 'ohlcv\\_2%' AND relkind = 'r' ORDER BY relname`,
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'ohlcv_20261123',
      'ohlcv_20261130',
      'ohlcv_20261207',
      'ohlcv_20261214',
      'ohlcv_20261221',
    ]);
    const bar = { symbol: 'AAPL', openE4: 1, highE4: 1, lowE4: 1, closeE4: 1, volume: 1, fillableVolume: 1, faults: 0 };
    const times = [Date.UTC(2026, 10, 29, 23, 59), Date.UTC(2026, 10, 30), Date.UTC(2010, 0, 4)];
    await postgres.database.transaction(({ bars }) =>
      bars.add(
        feeds('weeks'),
        times.map((openMs) => ({ ...bar, openMs })),
      ),
    );
    const places = await reader.query<{ place: string }>(
      `SELECT tableoid::regclass::text AS place FROM ohlcv WHERE feed = 'weeks' ORDER BY ts`,
    );
    expect(places.rows.map(({ place }) => place)).toEqual(['ohlcv_default', 'ohlcv_20261123', 'ohlcv_20261130']);
  });

  it('leaves a week in the default partition whose rows came before its upkeep', async () => {
    const openMs = Date.UTC(2027, 5, 9);
    const bar = {
      symbol: 'AAPL',
      openMs,
      openE4: 1,
      highE4: 1,
      lowE4: 1,
      closeE4: 1,
      volume: 1,
      fillableVolume: 1,
      faults: 0,
    };
    await postgres.database.transaction(({ bars }) => bars.add(feeds('early'), [bar]));
    await postgres.database.maintain(openMs);
    const { rows } = await reader.query(`SELECT tableoid::regclass::text AS place FROM ohlcv WHERE feed = 'early'`);
    expect(rows).toEqual([{ place: 'ohlcv_default' }]);
  });

  it('drops messages that can no longer come back, and keeps the unpublished', async () => {
    await postgres.pool('superuser').query(`
      INSERT INTO inbox VALUES (md.inbox_key('risk', 'old'), '2020-01-01'), (md.inbox_key('risk', 'young'), '2020-02-20');
      INSERT INTO outbox (message_id, writer, cause_id, queue, envelope, published_at) VALUES
        ('old', 'risk', '', 'orders', '{}', '2020-01-01'), ('unsent', 'risk', '', 'orders', '{}', NULL)`);
    await postgres.database.maintain(Date.UTC(2020, 1, 25));
    const inbox = await reader.query(`SELECT message_key = md.inbox_key('risk', 'young') AS is_young FROM inbox
      WHERE handled_at < '2021-01-01'`);
    expect(inbox.rows).toEqual([{ is_young: true }]);
    expect((await reader.query('SELECT message_id FROM outbox')).rows).toEqual([{ message_id: 'unsent' }]);
  });
});

describe('the migration runner', () => {
  let options: DatabaseOptions;
  let server: DatabaseServer;
  let folders: MigrationFolders;
  let root: string;

  beforeAll(async () => {
    options = await temporaryOptions();
    server = await startPostgres({ ...options, superuser: testSuperuser });
  });
  afterAll(async () => {
    server.kill();
    await server.exited;
    rmSync(options.dataDir, { recursive: true, force: true });
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'jules-migrations-'));
    folders = { native: join(root, 'migrations'), timescale: join(root, 'timescale') };
    cpSync(MIGRATIONS.native, folders.native, { recursive: true });
    cpSync(MIGRATIONS.timescale, folders.timescale, { recursive: true });
  });
  afterEach(async () => {
    rmSync(root, { recursive: true, force: true });
    await withClient(options, { role: 'superuser', database: 'postgres' }, async (client) => {
      await client.query('DROP DATABASE IF EXISTS jules WITH (FORCE)');
    });
  });

  const add = (name: string, sql: string) => writeFileSync(join(folders.native, name), sql);
  const asOwner = <Result>(work: Parameters<typeof withClient<Result>>[2]) =>
    withClient(options, { role: 'owner' }, work);
  const applied = () => asOwner((client) => countMigrations(client, folders));

  it('refuses a file that changed after it was applied, and says what to do', async () => {
    await prepareDatabase(options, folders);
    add(OURS[1]!, '-- quietly changed\n');
    await expect(prepareDatabase(options, folders)).rejects.toMatchObject({
      name: 'Problem',
      message: expect.stringMatching(/0002_time_tables\.sql changed after it was applied/) as string,
      fix: expect.stringContaining('restore the file') as string,
    });
  });

  it('refuses a database that is from a newer version', async () => {
    add(MORE, 'CREATE TABLE more (id INT);');
    await prepareDatabase(options, folders);
    await expect(prepareDatabase(options)).rejects.toMatchObject({
      name: 'Problem',
      message: expect.stringMatching(new RegExp(`${MORE}.*from a newer version`)) as string,
      fix: 'update the program, or name another folder with --data DIR',
    });
  });

  it('applies each migration once when two start at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => prepareDatabase(options, folders)));
    expect(await applied()).toEqual({ applied: OURS.length, pending: 0 });
    add(MORE, 'CREATE TABLE more (id INT); SELECT pg_sleep(0.1);');
    const counts = await Promise.all([1, 2].map(() => asOwner((client) => applyMigrations(client, folders))));
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it('applies nothing of a migration that fails, and goes on when it is corrected', async () => {
    await prepareDatabase(options, folders);
    add(MORE, 'CREATE TABLE more (id INT);\nINSERT INTO nowhere VALUES (1);');
    await expect(prepareDatabase(options, folders)).rejects.toMatchObject({
      name: 'Problem',
      message: expect.stringContaining(`${MORE} failed: relation "nowhere" does not exist`) as string,
    });
    expect(await applied()).toEqual({ applied: OURS.length, pending: 1 });
    add(MORE, 'CREATE TABLE more (id INT);');
    await prepareDatabase(options, folders);
    expect(await applied()).toEqual({ applied: OURS.length + 1, pending: 0 });
  });

  it('runs statements outside a transaction where a file asks for it', async () => {
    await prepareDatabase(options, folders);
    add(
      MORE,
      '-- migrate:no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS one ON fills (code);\n' +
        '-- migrate:next\nCREATE INDEX CONCURRENTLY IF NOT EXISTS two ON fills (session);\n',
    );
    await prepareDatabase(options, folders);
    expect(await applied()).toEqual({ applied: OURS.length + 1, pending: 0 });
  });

  it('takes the files of the Timescale branch once the database has chosen it', async () => {
    add(
      '0001_tables.sql',
      `CREATE SCHEMA md; CREATE TABLE md.meta (key TEXT PRIMARY KEY, value TEXT);
      INSERT INTO md.meta VALUES ('time_tables', 'timescale');`,
    );
    writeFileSync(join(folders.timescale, OURS[1]!), 'CREATE TABLE of_timescale (id INT);');
    add(OURS[2]!, 'CREATE TABLE of_both (id INT);');
    // The later ones alter tables of the first two.
    for (const name of OURS.slice(4)) add(name, 'SELECT 1;');
    await prepareDatabase(options, folders);
    const { rows } = await asOwner((client) =>
      client.query(`SELECT relname FROM pg_class WHERE relname LIKE 'of\\_%' ORDER BY relname`),
    );
    expect(rows).toEqual([{ relname: 'of_both' }, { relname: 'of_timescale' }]);
  });

  it('lets the application in only once the schema stands', async () => {
    add(MORE, 'SELECT 1 / 0;');
    await withClient(options, { role: 'superuser', database: 'postgres' }, async (client) => {
      await client.query('DROP DATABASE IF EXISTS jules WITH (FORCE)');
      await client.query('DROP ROLE IF EXISTS jules_app_a');
      await client.query('DROP ROLE IF EXISTS jules_app');
    });
    await expect(prepareDatabase(options, folders)).rejects.toThrow('division by zero');
    const login = withClient(options, { role: 'app' }, async () => undefined);
    await expect(login).rejects.toMatchObject({ code: '28P01' });
    rmSync(join(folders.native, MORE));
    await prepareDatabase(options, folders);
    await expect(withClient(options, { role: 'app' }, async () => 'in')).resolves.toBe('in');
  });

  it('says so when the passwords are not those the database was made with', async () => {
    const secrets = testSecrets(options.port, { superuser: 'x'.repeat(20), owner: 'y'.repeat(20) });
    await expect(prepareDatabase({ ...options, secrets }, folders)).rejects.toMatchObject({
      name: 'Problem',
      fix: expect.stringContaining('restore the vault') as string,
    });
  });

  it('counts everything as pending where nothing was prepared', async () => {
    expect(await migrationState(options)).toEqual({ applied: 0, pending: OURS.length });
  });
});
