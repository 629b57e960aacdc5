/**
 * `jules migrate --target`: roles, database, schema and logins on a server that no data folder has, with what the secrets
 * of the target hold, so that its functions can log in.
 */

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { Client } from 'pg';
import { SecretAccessError } from '../../../../shared/ports/secrets.ts';
import type { HostAndPort } from '../../../../shared/runtime/addresses.ts';
import { type ManagedServer, migrationCount, prepareServer } from '../../../database/prepare.ts';
import { serverProblem } from '../../../database/server-problem.ts';
import { openTargetDatabase, secretProblem, type TargetDatabase } from '../../../deploy/target-database.ts';
import { TARGET_TITLES, type TargetName } from '../../../deploy/targets.ts';
import { defaultDataDir } from '../../../stack/data-dir.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, EXIT_OK, messageOf, Problem } from '../../../problem.ts';
import { confirm, requireInteractive } from '../../shell/agreement.ts';
import type { CliContext } from '../../context.ts';
import type { Terminal } from '../../shell/terminal.ts';
import { regionOf, usageProblem } from '../../options/option-parsers.ts';

export interface MigrateTargetOptions {
  readonly target: TargetName;
  readonly server?: HostAndPort;
  readonly adminSecret?: string;
  readonly ca?: string;
  readonly region?: string;
  readonly yes?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

/** The schema was tried on no other, and membership of roles had another grammar before 16. */
const POSTGRES_MAJOR_MIN = 18;

export async function migrateTarget(options: MigrateTargetOptions, context: CliContext): Promise<number> {
  const { terminal, env } = context;
  refuseSilence(options, terminal);
  const tls = options.target === 'aws' ? { ca: readCertificates(options.ca) } : null;
  const database = await openTargetDatabase({
    target: options.target,
    dataDir: options.data ?? env['JULES_DATA'] ?? defaultDataDir(env),
    region: options.region,
    regionElsewhere: () => regionOf(env),
    administrator: options.adminSecret,
  });
  try {
    const at = options.server ?? database.address;
    describe(database, at, terminal);
    if (options.target === 'aws' && !options.yes && !(await isAgreed(database, terminal))) {
      terminal.note('nothing was changed');
      return EXIT_FAILED;
    }
    const server = { ...at, secrets: database.secrets, ...(tls && { tls: verified(database.address.host, tls.ca) }) };
    const done = await explaining(database, at, () => prepare({ ...server, ...masterOf(database) }, terminal));
    printMigrated(done, database, at, options, terminal);
    return EXIT_OK;
  } finally {
    database.close();
  }
}

interface Done {
  readonly changed: boolean;
  readonly applied: number;
  readonly total: number;
}

async function prepare(server: ManagedServer, terminal: Terminal): Promise<Done> {
  const note = (text: string): void => terminal.note(`making ${text}`);
  const applied = await prepareServer({ ...server, note, check: requireVersion });
  const count = await migrationCount(server);
  return { changed: applied !== null, applied: applied ?? 0, total: count?.applied ?? 0 };
}

function masterOf({ master }: TargetDatabase): Pick<ManagedServer, 'master'> {
  return master === undefined ? {} : { master };
}

async function requireVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`,
  );
  const { version, number } = rows[0]!;
  if (number >= POSTGRES_MAJOR_MIN * 10_000) return;
  throw new Problem(`the server runs Postgres ${version}, and the schema needs ${POSTGRES_MAJOR_MIN}`, {
    fix: `upgrade the server to Postgres ${POSTGRES_MAJOR_MIN}, then run the command again`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

async function explaining<Result>(
  { target, address, administrator }: TargetDatabase,
  at: HostAndPort,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof SecretAccessError) throw secretProblem(error, target);
    const certificateName = target === 'aws' ? address.host : null;
    const about = { server: textOf(at), certificateName, administrator, whereabouts: WHEREABOUTS[target] };
    throw serverProblem(error, about) ?? error;
  }
}

const OURS =
  'start a Postgres there, or name another address with --server HOST:PORT; a replay starts and prepares its own';
const WHEREABOUTS: Readonly<Record<TargetName, string>> = {
  aws: 'it has no address outside its network: run this inside, or forward a port and give --server 127.0.0.1:PORT (docs/runbooks/lift-to-aws.md)',
  ministack: OURS,
  localstack: OURS,
};

/** The name is the one in the secret, wherever the connection goes: a forwarded port has another. */
function verified(name: string, ca: string | undefined): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
    ...(isIP(name) === 0 && { servername: name }),
    checkServerIdentity: (_asked, certificate) => checkServerIdentity(name, certificate),
  };
}

/** Undefined: those that Node knows, and NODE_EXTRA_CA_CERTS. */
function readCertificates(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageProblem('--ca', path, `cannot be read (${messageOf(cause)})`, 'give a file of certificates in PEM');
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw usageProblem('--ca', path, 'holds no certificate', 'give a file of certificates in PEM');
}

function refuseSilence({ target, yes, ca }: MigrateTargetOptions, terminal: Terminal): void {
  if (target !== 'aws' && ca !== undefined) {
    throw usageProblem('--ca', ca, `is not for ${target}`, 'leave it out: its database is on this machine');
  }
  if (target === 'aws' && !yes) requireInteractive('migrate on AWS asks first', terminal);
}

function describe(
  { target, place, address, administrator }: TargetDatabase,
  at: HostAndPort,
  terminal: Terminal,
): void {
  const way = textOf(at) === textOf(address) ? '' : ` by way of ${textOf(at)}`;
  terminal.note(`${TARGET_TITLES[target]} account ${place.account}, region ${place.region}`);
  terminal.note(`database server ${textOf(address)}${way}, administrator in the secret ${administrator}`);
}

async function isAgreed({ place, address }: TargetDatabase, terminal: Terminal): Promise<boolean> {
  const { account, region } = place;
  return confirm(`Prepare the database ${textOf(address)} in account ${account}, ${region}?`, terminal);
}

function printMigrated(
  { changed, applied, total }: Done,
  { target, place, address }: TargetDatabase,
  at: HostAndPort,
  { json }: MigrateTargetOptions,
  terminal: Terminal,
): void {
  const { account, region } = place;
  const places = { target, account, region, database: textOf(address), server: textOf(at) };
  if (json) return terminal.out(JSON.stringify({ ...places, changed, applied, total }));
  terminal.out(
    changed
      ? `prepared ${textOf(address)}: applied ${applied} migrations, ${total} are there, every login is set`
      : `nothing to do: ${total} migrations are there, and every login works`,
  );
}

function textOf({ host, port }: HostAndPort): string {
  return `${host}:${port}`;
}
