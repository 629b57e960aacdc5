/**
 * What `jules prepare` does: the stack file, the vault with its first secrets, and the access key to them, as `start`
 * would have made them, on the fixed ports of the images.
 *
 * The vault is opened once in the life of a folder: later its own process has it, perhaps in another container, where
 * no lock of this one would be seen.
 */

import { chmodSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { createLogger, parseLogLevel } from '../../../../shared/adapters/system/logger.ts';
import { readDatabaseAccess } from '../../../../shared/contracts/credentials.v1.ts';
import type { HostAndPort } from '../../../../shared/runtime/addresses.ts';
import type { MessagingConfig, StackFile } from '../../../../shared/runtime/stack-file.ts';
import { SECRETS } from '../../../../shared/topology.ts';
import { ownAccessKey } from '../../../vault/access-key.ts';
import { CURRENT } from '../../../emulators/secrets-manager/stages.ts';
import { LOCAL_REALM } from '../../../vault/realm.ts';
import { openStackVault } from '../../../vault/stack/open-stack-vault.ts';
import { diskFileSystem } from '../../../vault/store/file-system.ts';
import { vaultPlaces } from '../../../vault/store/places.ts';
import type { Vault } from '../../../vault/store/vault.ts';
import { prepareDataDir } from '../../../stack/data-dir.ts';
import { EXIT_FAILED, EXIT_OK, Problem } from '../../../problem.ts';
import { lastStackFile, writeStackFile } from '../../../stack/stack-store.ts';
import type { CliContext } from '../../context.ts';
import { databaseAt } from '../../reach/database-session.ts';
import { asProblem } from '../secrets/vault.ts';
import { type MarketOptions, planStart, readMarket } from '../../../stack/start-plan.ts';

export interface PrepareOptions extends MarketOptions {
  readonly data: string;
  readonly queues?: string;
  readonly adminPasswordFile?: string;
  readonly json?: boolean;
}

/** What the images listen on; the Dockerfiles say the same. */
const PORTS: StackFile['ports'] = {
  secrets: 4_740,
  page: 4_750,
  gateway: 4_760,
  runner: 4_770,
  postgres: 5_432,
  queues: 4_780,
};
/** The group of the database server may read it, and nobody else. */
const PASSWORD_FILE_MODE = 0o640;
const OWNER_ONLY = 0o600;

export async function prepare(options: PrepareOptions, context: CliContext): Promise<number> {
  const at = databaseAt(context.env, PORTS.postgres);
  const market = readMarket(options, options.data);
  const dataDir = prepareDataDir(options.data);
  const before = lastStackFile(dataDir);
  const place = { dataDir, pagePort: PORTS.page, ports: PORTS, messaging: messagingOf(options) };
  const { file } = await planStart(options, market, place);
  writeStackFile(dataDir, file);
  if (!hasSecrets(dataDir, options)) await asProblem(() => makeSecrets({ dataDir, at }, options, context));
  printPrepared(file, before, options, context);
  return EXIT_OK;
}

/** Without an endpoint the host has queues of its own, which only its own container reaches. */
function messagingOf({ queues }: PrepareOptions): MessagingConfig {
  if (queues === undefined) return { kind: 'embedded' };
  return { kind: 'endpoint', target: 'localstack', endpoint: queues, region: LOCAL_REALM.region, functions: 'host' };
}

/** The password file is written last, so a crash in between is made good by the next call. */
function hasSecrets(dataDir: string, { adminPasswordFile }: PrepareOptions): boolean {
  const { keyFile, accessKey } = vaultPlaces(dataDir);
  const made = [keyFile, accessKey, ...(adminPasswordFile === undefined ? [] : [adminPasswordFile])];
  return made.every((path) => existsSync(path));
}

async function makeSecrets(
  { dataDir, at }: { readonly dataDir: string; readonly at: HostAndPort },
  options: PrepareOptions,
  { env }: CliContext,
): Promise<void> {
  const files = diskFileSystem();
  const places = vaultPlaces(dataDir);
  const logger = createLogger({ name: 'secrets', level: parseLogLevel(env['JULES_LOG'] ?? 'warn') });
  await files.makeDir(places.keysDir);
  const opened = await openStackVault({ dataDir, at, logger });
  try {
    await ownAccessKey(places.accessKey, files);
    if (options.adminPasswordFile !== undefined) writePassword(options.adminPasswordFile, adminPassword(opened.vault));
  } finally {
    await opened.close();
  }
}

function adminPassword(vault: Vault): string {
  const { name } = SECRETS.databaseAdmin;
  const version = vault.state.secrets.get(name)?.versions.find(({ stages }) => stages.includes(CURRENT));
  const value = version === undefined ? null : vault.read(name, version.id);
  const access = readDatabaseAccess(value?.bytes.toString('utf8') ?? '');
  value?.bytes.fill(0);
  if (access !== null) return access.password;
  throw new Problem(`the secret ${name} is not a login of a database`, {
    fix: 'restore the vault from a backup (docs/runbooks/secrets.md)',
    exitCode: EXIT_FAILED,
  });
}

/** Through a temporary name, so that a database never starts with half of it. */
function writePassword(path: string, password: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, password, { mode: OWNER_ONLY });
  chmodSync(temporary, PASSWORD_FILE_MODE);
  renameSync(temporary, path);
}

function printPrepared(
  file: StackFile,
  before: StackFile | null,
  options: PrepareOptions,
  { terminal }: CliContext,
): void {
  const { runId } = file.run;
  if (options.json)
    return terminal.out(JSON.stringify({ dataDir: options.data, runId, isNew: before?.run.runId !== runId }));
  const isNew = before?.run.runId !== runId;
  terminal.out(`${isNew ? 'begins' : 'continues'} run ${runId}`);
  if (isNew && before !== null) terminal.note('start host and gateway again: they read what to do once');
}
