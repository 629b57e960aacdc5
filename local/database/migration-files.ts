/**
 * The migrations as files: numbered without gaps, each with its fingerprint. A file of the same name in the folder of
 * the Timescale branch takes the place of the plain one where the database chose that branch.
 */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../../shared/domain/units/units.ts';

export type Branch = 'native' | 'timescale';

export interface MigrationFolders {
  readonly native: string;
  readonly timescale: string;
}

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly path: string;
  readonly sql: string;
  readonly sha256: string;
  /** One transaction for the whole file; without it each statement stands for itself and must bear being repeated. */
  readonly inTransaction: boolean;
}

export const MIGRATIONS: MigrationFolders = {
  native: fileURLToPath(new URL('../../sql/migrations', import.meta.url)),
  timescale: fileURLToPath(new URL('../../sql/timescale', import.meta.url)),
};

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
const NO_TRANSACTION = /^-- migrate:no-transaction$/m;
const NEXT_STATEMENT = /^-- migrate:next$/m;

/** In the order of their numbers. */
export function readMigrations(folders: MigrationFolders, branch: Branch): Migration[] {
  const names = readdirSync(folders.native)
    .filter((name) => FILE_NAME.test(name))
    .toSorted();
  names.forEach((name, at) =>
    assert(Number(name.slice(0, 4)) === at + 1, `migrations are numbered without gaps, so ${name} is number ${at + 1}`),
  );
  return names.map((name, at) => readMigration(pathOf(name, folders, branch), at + 1, name));
}

/** The statements of a file that runs without a transaction, separated by `-- migrate:next`. */
export function statementsOf({ sql }: Migration): string[] {
  return sql.split(NEXT_STATEMENT);
}

function pathOf(name: string, folders: MigrationFolders, branch: Branch): string {
  const own = join(folders.timescale, name);
  return branch === 'timescale' && existsSync(own) ? own : join(folders.native, name);
}

function readMigration(path: string, version: number, name: string): Migration {
  const sql = readFileSync(path, 'utf8');
  const sha256 = createHash('sha256').update(sql).digest('hex');
  return { version, name, path, sql, sha256, inTransaction: !NO_TRANSACTION.test(sql) };
}
