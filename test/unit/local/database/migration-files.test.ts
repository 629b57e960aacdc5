/**
 * How migrations are found, numbered, fingerprinted and split.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type MigrationFolders,
  MIGRATIONS,
  readMigrations,
  statementsOf,
} from '../../../../local/database/migration-files.ts';

let root: string;
let folders: MigrationFolders;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jules-files-'));
  folders = { native: join(root, 'migrations'), timescale: join(root, 'timescale') };
  for (const folder of [folders.native, folders.timescale]) mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(folder: keyof MigrationFolders, name: string, sql = 'SELECT 1;'): void {
  writeFileSync(join(folders[folder], name), sql);
}

describe('migration files', () => {
  it('are read in the order of their numbers, other files left out', () => {
    for (const name of ['0002_b.sql', '0001_a.sql', 'README.md', '0003_c.sql.bak']) write('native', name);
    expect(readMigrations(folders, 'native').map(({ name }) => name)).toEqual(['0001_a.sql', '0002_b.sql']);
  });

  it.each([[['0002_b.sql']], [['0001_a.sql', '0003_c.sql']], [['0001_a.sql', '0001_b.sql']]])(
    'are refused with a gap or a repetition: %j',
    (names) => {
      for (const name of names) write('native', name);
      expect(() => readMigrations(folders, 'native')).toThrow('numbered without gaps');
    },
  );

  it('come from the folder of the Timescale branch where it has one of the same name', () => {
    write('native', '0001_a.sql', 'plain');
    write('native', '0002_b.sql', 'plain');
    write('timescale', '0002_b.sql', 'hypertable');
    expect(readMigrations(folders, 'timescale').map(({ sql }) => sql)).toEqual(['plain', 'hypertable']);
    expect(readMigrations(folders, 'native').map(({ sql }) => sql)).toEqual(['plain', 'plain']);
  });

  it('have another fingerprint once a single character changed', () => {
    write('native', '0001_a.sql', 'SELECT 1;');
    const [before] = readMigrations(folders, 'native');
    write('native', '0001_a.sql', 'SELECT 2;');
    expect(readMigrations(folders, 'native')[0]?.sha256).not.toBe(before?.sha256);
  });

  it('run in a transaction unless they say otherwise, and then statement by statement', () => {
    write('native', '0001_a.sql', '-- speaks of migrate:no-transaction only\nSELECT 1;');
    write('native', '0002_b.sql', '-- migrate:no-transaction\nSELECT 1;\n-- migrate:next\nSELECT 2;');
    const [whole, split] = readMigrations(folders, 'native');
    expect([whole?.inTransaction, split?.inTransaction]).toEqual([true, false]);
    expect(statementsOf(split!)).toHaveLength(2);
  });

  it('of the Timescale branch replace files that exist', () => {
    const plain = readMigrations(MIGRATIONS, 'native').map(({ name }) => name);
    const replaced = readMigrations(MIGRATIONS, 'timescale').filter(({ path }) =>
      path.startsWith(MIGRATIONS.timescale),
    );
    expect(replaced.map(({ name }) => name)).toEqual(['0002_time_tables.sql']);
    expect(plain).toContain('0002_time_tables.sql');
  });
});
