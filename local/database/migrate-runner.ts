/**
 * Applies migrations: one at a time under an advisory lock, each with its record in one transaction.
 *
 * Throws Problem for a file that changed after it was applied, and for a database that knows more than the files do.
 */

import type { Client } from 'pg';
import { EXIT_FAILED, messageOf, Problem } from '../problem.ts';
import {
  type Branch,
  type Migration,
  type MigrationFolders,
  MIGRATIONS,
  readMigrations,
  statementsOf,
} from './migration-files.ts';

export interface MigrationCount {
  readonly applied: number;
  readonly pending: number;
}

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
}

/** Any number, the same for all versions of this program. */
const LOCK = 4_750_018;

const TABLE = `CREATE TABLE IF NOT EXISTS migrations (
  version INT PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
)`;

/** How many migrations the database has and lacks. Throws Problem when it and the files contradict each other. */
export async function countMigrations(client: Client, folders = MIGRATIONS): Promise<MigrationCount> {
  const applied = await readApplied(client);
  const files = readMigrations(folders, await branchOf(client, applied));
  checkHistory(applied, files);
  return { applied: applied.length, pending: files.length - applied.length };
}

/**
 * Applies what is missing and returns how many that were. The client's role owns the schema; after a failure the
 * client must be closed, which gives the lock back.
 */
export async function applyMigrations(client: Client, folders = MIGRATIONS): Promise<number> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  await client.query(TABLE);
  const count = await applyMissing(client, folders);
  await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  return count;
}

async function applyMissing(client: Client, folders: MigrationFolders): Promise<number> {
  for (let count = 0; ; count++) {
    const applied = await readApplied(client);
    // The first migration chooses the branch, so the files are looked up again after each.
    const files = readMigrations(folders, await branchOf(client, applied));
    checkHistory(applied, files);
    const next = files[applied.length];
    if (next === undefined) return count;
    await apply(client, next);
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  try {
    if (migration.inTransaction) await applyWhole(client, migration);
    else await applyStatements(client, migration);
  } catch (cause) {
    throw new Problem(`migration ${migration.path} failed: ${messageOf(cause)}`, {
      fix: migration.inTransaction
        ? 'nothing of it was applied: correct the file and run ./jules migrate'
        : 'statements before the failed one were applied: correct the file and run ./jules migrate',
      exitCode: EXIT_FAILED,
      cause,
    });
  }
}

async function applyWhole(client: Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await record(client, migration);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function applyStatements(client: Client, migration: Migration): Promise<void> {
  for (const statement of statementsOf(migration)) await client.query(statement);
  await record(client, migration);
}

async function record(client: Client, { version, name, sha256 }: Migration): Promise<void> {
  await client.query('INSERT INTO migrations (version, name, sha256) VALUES ($1, $2, $3)', [version, name, sha256]);
}

async function readApplied(client: Client): Promise<AppliedRow[]> {
  const { rows } = await client.query<{ exists: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS exists`);
  if (rows[0]?.exists !== true) return [];
  const applied = await client.query<AppliedRow>('SELECT version, name, sha256 FROM migrations ORDER BY version');
  return applied.rows;
}

/** Native until the first migration has chosen. */
async function branchOf(client: Client, applied: readonly AppliedRow[]): Promise<Branch> {
  if (applied.length === 0) return 'native';
  const { rows } = await client.query<{ exists: boolean }>(`SELECT to_regclass('md.meta') IS NOT NULL AS exists`);
  if (rows[0]?.exists !== true) return 'native';
  const choice = await client.query<{ value: string }>(`SELECT value FROM md.meta WHERE key = 'time_tables'`);
  return choice.rows[0]?.value === 'timescale' ? 'timescale' : 'native';
}

function checkHistory(applied: readonly AppliedRow[], files: readonly Migration[]): void {
  applied.forEach((row, at) => {
    const file = files[at];
    if (file === undefined) throw newerDatabase(row, files.length);
    if (file.version !== row.version || file.sha256 !== row.sha256) throw editedFile(row, file);
  });
}

function newerDatabase({ name }: AppliedRow, known: number): Problem {
  return new Problem(`the database has migration ${name}, this program knows ${known}: it is from a newer version`, {
    fix: 'update the program, or name another folder with --data DIR',
    exitCode: EXIT_FAILED,
  });
}

function editedFile(row: AppliedRow, file: Migration): Problem {
  const short = (hash: string) => hash.slice(0, 12);
  return new Problem(
    `migration ${file.path} changed after it was applied (SHA-256 ${short(row.sha256)} then, ${short(file.sha256)} now)`,
    { fix: 'restore the file (git checkout), and put the change into a new migration', exitCode: EXIT_FAILED },
  );
}
