/**
 * Compares the schema that the migrations make with `sql/schema.snapshot.txt`, so that a review sees what a migration
 * changes. With `--write` it rewrites the snapshot.
 *
 * Starts an embedded Postgres in a temporary folder; needs no network.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresDriver } from '../local/cli/reach/embedded-postgres.ts';
import { withClient } from '../local/database/connect.ts';
import { firstValues } from '../local/vault/stack/first-values.ts';
import type { DatabaseOptions } from '../local/stack/database-service.ts';
import { freePorts } from '../local/stack/ports.ts';
import type { Secrets } from '../shared/ports/secrets.ts';
import { SECRET_KEYS, SECRETS } from '../shared/topology.ts';
import { differingLines, schemaText } from './schema-text.ts';

const SNAPSHOT = new URL('../sql/schema.snapshot.txt', import.meta.url);

const now = await migratedSchema();
if (process.argv.includes('--write')) writeFileSync(SNAPSHOT, now);
else compare(existsSync(SNAPSHOT) ? readFileSync(SNAPSHOT, 'utf8') : '');

function compare(before: string): void {
  if (before === now) return;
  console.error(differingLines(before, now).join('\n'));
  console.error(
    'the migrations make another schema than sql/schema.snapshot.txt; if that is meant, write it again with:',
  );
  console.error('scripts/with-node node scripts/schema-snapshot.ts --write');
  process.exitCode = 1;
}

async function migratedSchema(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jules-schema-'));
  const [port = 0] = await freePorts(1);
  const options: DatabaseOptions = { dataDir, port, secrets: temporarySecrets(port) };
  const driver = postgresDriver(null, []);
  try {
    const server = await driver.start(options);
    try {
      await driver.prepare(options);
      return await withClient(options, { role: 'superuser' }, schemaText);
    } finally {
      server.kill();
      await server.exited;
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Nobody else ever knows them. */
function temporarySecrets(port: number): Secrets {
  const values = firstValues({ at: { host: '127.0.0.1', port }, generation: 1 });
  const get = async (name: string) => {
    const key = SECRET_KEYS.find((each) => SECRETS[each].name === name) as keyof typeof values;
    return { name, versionId: 'the-only-one', text: JSON.stringify(values[key]) };
  };
  return { get, refetch: get };
}
