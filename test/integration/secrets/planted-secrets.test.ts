/**
 * No secret gets out: a stack plays a day and more, everything rotates, things go wrong on purpose, and then all that it
 * left or said is searched: files, database, queues, logs, arguments, environments, pages, what commands print.
 *
 * Searched for are the real values, all versions of all secrets, and values that were planted where they do not belong.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vaultPlaces } from '../../../local/vault/store/places.ts';
import { callEndpoint } from '../../../local/emulators/secrets-manager/call.ts';
import { LOCAL_REALM } from '../../../local/vault/realm.ts';
import { readCredential } from '../../../shared/contracts/credentials.v1.ts';
import { readAccessKey } from '../../../shared/runtime/access-key-file.ts';
import { signingKeyPath } from '../../../shared/runtime/audit/signing-key.ts';
import { readStackFile } from '../../../shared/runtime/stack-file.ts';
import { SECRETS } from '../../../shared/topology.ts';
import { filesBelow, type Leak, LeakSearch, type Planted } from '../../support/secrets/leak-search.ts';
import { WatchedStack } from '../../support/stack/watched-stack.ts';

const PATIENCE_MS = 120_000;
const PARTS = ['local/host/main.ts', 'gateway/main.ts', 'gpu-runner/main.ts', 'local/vault/main.ts'];
/** Rotated twice; a token may not be while the one before is accepted. */
const DATABASE_SECRETS = [SECRETS.databaseAdmin, SECRETS.databaseOwner, SECRETS.databaseApp, SECRETS.databaseReader];

const stack = new WatchedStack();
const places = vaultPlaces(stack.dataDir);
const planted: Planted[] = [];
let values: Planted[] = [];
let keys: (Planted & { readonly file: string })[] = [];
let rowsSearched = 0;
let processes = 0;
let exitCode: number | null = null;

beforeAll(async () => {
  await stack.start(['--speed', 'max']);
  await useEverything();
  await goWrong();
  await until(async () => (JSON.parse((await stack.page('/api/sessions')).text) as unknown[]).length >= 2);
  await readPages();
  processes = stack.lookAtProcesses();
  values = await readValues();
  rowsSearched = await readDatabase();
  exitCode = await stack.stop();
  keys = readKeys();
});
afterAll(async () => {
  await stack.stop();
  rmSync(stack.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** A value of its own, which has to stay where it is put. */
function plant(label: string): string {
  const text = `planted-${randomBytes(15).toString('hex')}`;
  planted.push({ label, text });
  return text;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > giveUpMs) throw new Error('the stack did not come so far');
    await pause(200);
  }
}

/** What an operator does on a good day. */
async function useEverything(): Promise<void> {
  await putFile('operator/text', plant('a text of the operator'));
  const login = {
    username: plant('the name of the broker login'),
    password: plant('the password of the broker login'),
  };
  const broker = { kind: 'broker_api_key', ...login, renewByMs: Date.now() - 1, confirmedMs: null };
  await putFile(SECRETS.brokerApiKey.name, JSON.stringify(broker));
  expect((await stack.jules('secrets', 'rotate', '--all', '--wait')).exitCode).toBe(0);
  for (const { name } of DATABASE_SECRETS) {
    expect((await stack.jules('secrets', 'rotate', name, '--wait')).exitCode).toBe(0);
  }
  stack.lookAtProcesses();
  const backup = join(stack.root, 'vault.age');
  expect((await stack.jules('secrets', 'backup', '--to', backup)).exitCode).toBe(0);
  for (const args of [['secrets', 'list'], ['secrets', 'status'], ['secrets', 'history'], ['status'], ['doctor']]) {
    await stack.jules(...args);
  }
  expect((await stack.jules('halt', '--reason', 'a look around')).exitCode).toBe(0);
  expect((await stack.jules('arm', '--reason', 'seen enough')).exitCode).toBe(0);
}

async function putFile(name: string, text: string): Promise<void> {
  const file = join(stack.root, 'value');
  writeFileSync(file, text, { mode: 0o600 });
  expect((await stack.jules('secrets', 'put', name, '--file', file)).exitCode).toBe(0);
  rmSync(file);
}

/** What goes wrong, each time with a secret at hand that an error message could quote. */
async function goWrong(): Promise<void> {
  const token = plant('a token that is refused');
  const refused = await stack.page('/api/commands', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ command: 'halt', reason: 'no' }),
  });
  expect(refused.status).toBe(401);
  await expect(logIn(plant('a database password that is refused'))).rejects.toThrow('password authentication failed');
  expect((await stack.jules('secrets', 'get', 'operator/text', '--reveal')).exitCode).not.toBe(0);
  await sendNonsense();
  // Overdue at the broker, so every attempt fails and is logged.
  await ask('secretsmanager.RotateSecret', {
    SecretId: SECRETS.brokerApiKey.name,
    ClientRequestToken: randomUUID(),
    RotationLambdaARN: 'arn:aws:lambda:us-east-1:000000000000:function:rotate-secrets',
    RotationRules: { AutomaticallyAfterDays: 30 },
  });
  await until(async () => (await stack.jules('secrets', 'status')).out.includes('OPERATOR_OVERDUE'));
  for (const part of PARTS) await killAndWait(part);
}

async function logIn(password: string): Promise<void> {
  const { ports } = readStackFile(stack.dataDir);
  const client = new Client({
    host: '127.0.0.1',
    port: ports.postgres,
    database: 'jules',
    user: 'jules_app_a',
    password,
  });
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}

/** Bodies that are cut off, too long, of the wrong form or for nobody: signed, so that they are read at all. */
async function sendNonsense(): Promise<void> {
  const text = plant('a value in a request that is refused');
  const refusals = [
    ['CreateSecret', { Name: 'too/long', SecretString: text.padEnd(70_000, '.') }],
    ['PutSecretValue', { SecretId: 'no/such', SecretString: text }],
    ['CreateSecret', { Name: 'x', SecretString: [text] }],
  ] as const;
  for (const [operation, input] of refusals) {
    await expect(ask(`secretsmanager.${operation}`, input)).rejects.toMatchObject({ name: 'AwsError' });
  }
  const { ports } = readStackFile(stack.dataDir);
  const headers = { 'x-amz-target': 'secretsmanager.CreateSecret', authorization: `AWS4 ${text}` };
  const unsigned = await fetch(`http://127.0.0.1:${ports.secrets}/`, {
    method: 'POST',
    headers,
    body: `{"Name":"${text}`,
  });
  expect(unsigned.status).toBe(400);
  expect(await unsigned.text()).not.toContain(text);
}

async function killAndWait(part: string): Promise<void> {
  const pid = stack.pidOf(part);
  if (pid === undefined) throw new Error(`${part} does not run`);
  process.kill(pid, 'SIGKILL');
  await until(async () => stack.pidOf(part) !== undefined && stack.pidOf(part) !== pid);
  await until(async () => (await stack.page('/api/snapshot').catch(() => ({ status: 0 }))).status === 200);
}

async function readPages(): Promise<void> {
  const statics = ['index.html', 'main.js', 'commands.js', 'sections.js'].map((name) => `/static/${name}`);
  for (const path of ['/', '/healthz', '/readyz', '/api/snapshot', '/api/sessions', '/nowhere', ...statics]) {
    await stack.page(path);
  }
  await stack.pageStream('/api/stream');
}

function ask(target: string, input: object): Promise<unknown> {
  const { ports } = readStackFile(stack.dataDir);
  const url = `http://127.0.0.1:${ports.secrets}`;
  return callEndpoint({ url, key: readAccessKey(stack.dataDir), region: LOCAL_REALM.region, target, input });
}

interface Listed {
  readonly SecretList: readonly { readonly Name: string }[];
}
interface Versions {
  readonly Versions: readonly { readonly VersionId: string }[];
}

/** Every version of every secret; of a credential the parts that nobody may see. */
async function readValues(): Promise<Planted[]> {
  const found = new Map<string, Planted>();
  const { SecretList } = (await ask('secretsmanager.ListSecrets', { MaxResults: 100 })) as Listed;
  for (const { Name } of SecretList) {
    const input = { SecretId: Name, IncludeDeprecated: true };
    const { Versions } = (await ask('secretsmanager.ListSecretVersionIds', input)) as Versions;
    for (const { VersionId } of Versions) {
      const answer = await ask('secretsmanager.GetSecretValue', { SecretId: Name, VersionId });
      const { SecretString } = answer as { readonly SecretString: string };
      for (const text of secretParts(SecretString)) found.set(text, { label: `${Name} ${VersionId}`, text });
    }
  }
  return [...found.values()];
}

function secretParts(value: string): string[] {
  const credential = readCredential(value);
  if (credential === null) return [value];
  if (credential.kind === 'service_token') return [credential.token];
  return credential.kind === 'encryption_keys' ? [] : [credential.password];
}

interface Relation {
  readonly name: string;
}

/** Every row of every table as text, those of the server itself included. Returns how many. */
async function readDatabase(): Promise<number> {
  const answer = await ask('secretsmanager.GetSecretValue', { SecretId: SECRETS.databaseAdmin.name });
  const admin = readCredential((answer as { readonly SecretString: string }).SecretString);
  if (admin?.kind !== 'database_admin') throw new Error('the administrator has no login');
  const { host, port, database, username: user, password } = admin;
  const client = new Client({ host, port, database, user, password });
  await client.connect();
  let count = 0;
  try {
    const tables = await client.query<Relation>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') OR (n.nspname = 'pg_catalog' AND c.relname IN ('pg_settings', 'pg_stat_activity'))`,
    );
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      count += rows.length;
      stack.seen.push({ where: `table ${name}`, text: rows.map(({ row }) => row).join('\n') });
    }
  } finally {
    await client.end();
  }
  return count;
}

/** What opens everything: each in one file, which only its owner reads. */
function readKeys() {
  const identity = readFileSync(places.backupIdentity, 'utf8').match(/AGE-SECRET-KEY-\S+/)?.[0] ?? '';
  const master = readFileSync(places.keyFile, 'utf8').match(/"key":"([^"]+)"/)?.[1] ?? '';
  const pem = readFileSync(signingKeyPath(stack.dataDir), 'utf8').split('\n')[1] ?? '';
  return [
    { label: 'the access key', text: readAccessKey(stack.dataDir).secretAccessKey, file: places.accessKey },
    { label: 'the key of the vault', text: master, file: places.keyFile },
    { label: 'the identity of backups', text: identity, file: places.backupIdentity },
    { label: 'the key that signs heads', text: pem, file: signingKeyPath(stack.dataDir) },
  ];
}

function searchAll(search: LeakSearch, leftOut: readonly string[]): Leak[] {
  const inFiles = search.findInFolder(stack.root, (path) => leftOut.includes(join(stack.root, path)));
  return [...inFiles, ...stack.seen.flatMap(({ where, text }) => search.find(Buffer.from(text, 'utf8'), where))];
}

describe('after a day with rotations, refusals and crashes', () => {
  it('there was something to search for, and somewhere to search', () => {
    expect(exitCode).toBe(0);
    // Four logins in three versions at least, two tokens in two.
    expect(values.length).toBeGreaterThanOrEqual(4 * 3 + 2 * 2);
    expect(planted).toHaveLength(6);
    // Supervisor, four parts and Postgres with its workers.
    expect(processes).toBeGreaterThan(8);
    expect(rowsSearched).toBeGreaterThan(390 * 3);
    const files = filesBelow(stack.dataDir);
    for (const pattern of [
      /^logs\/host\.log$/,
      /^logs\/secrets\.log$/,
      /^vault\/log\//,
      /^vault-journal\//,
      /^queues\//,
    ]) {
      expect(files.some((path) => pattern.test(path))).toBe(true);
    }
    expect(existsSync(join(stack.dataDir, 'credentials.json'))).toBe(false);
  });

  it('no file, row, message, log line, page, argument or environment holds a secret', () => {
    const search = new LeakSearch([...values, ...planted]);
    expect(searchAll(search, [])).toEqual([]);
    expect(search.bytesSearched).toBeGreaterThan(50_000_000);
  });

  it('each key that opens them is in its own file alone, which only its owner reads', () => {
    for (const { label, text, file } of keys) {
      expect(searchAll(new LeakSearch([{ label, text }]), [file])).toEqual([]);
      expect(new LeakSearch([{ label, text }]).find(readFileSync(file), file)).toHaveLength(1);
      expect((statSync(file).mode & 0o077).toString(8)).toBe('0');
    }
  });

  it('and would have been found', () => {
    const search = new LeakSearch([...values, ...planted]);
    const one = values[0]!;
    stack.seen.push({ where: 'a careless log', text: `connecting with ${one.text}` });
    writeFileSync(
      join(stack.dataDir, 'logs', 'careless.log'),
      JSON.stringify({ url: `postgres://x:${one.text}@host` }),
    );
    expect(searchAll(search, []).map(({ where }) => where)).toEqual(['data/logs/careless.log', 'a careless log']);
  });
});
