/**
 * The process that has the vault, killed at every entry of its journal while it rotates: what is current works before and
 * after, and the rotation ends by itself once the process is back.
 *
 * Entries of the journal are written before and after everything that a step does, so they are where it can be cut.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { planStack } from '../../../local/stack/stack-plan.ts';
import { ownAccessKey } from '../../../local/vault/access-key.ts';
import { LOCAL_REALM, rotationFunctionArn } from '../../../local/vault/realm.ts';
import { endpointCalls } from '../../../local/vault/stack/endpoint-calls.ts';
import { localSecrets, type Perform } from '../../../local/vault/stack/local-secrets.ts';
import { statusAnswerSchema } from '../../../local/vault/status-answer.ts';
import { diskFileSystem } from '../../../local/vault/store/file-system.ts';
import { vaultPlaces } from '../../../local/vault/store/places.ts';
import type { DatabaseServer } from '../../../local/stack/database-service.ts';
import { isHealthy } from '../../../local/stack/health.ts';
import { writeStackFile } from '../../../local/stack/stack-store.ts';
import { readCredential } from '../../../shared/contracts/credentials.v1.ts';
import type { StackFile } from '../../../shared/runtime/stack-file.ts';
import { SECRETS } from '../../../shared/topology.ts';
import { paperPlan } from '../../support/aws/paper-plan.ts';

const MAIN = fileURLToPath(new URL('../../../local/vault/main.ts', import.meta.url));
const PATIENCE_MS = 60_000;
const LIMIT_MS = 900_000;

let dataDir = '';
let file: StackFile;
let perform: Perform;
let server: DatabaseServer;
let child: ChildProcess;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-rotation-crash-'));
  file = await planStack(paperPlan({ clock: { kind: 'max' }, stage: 'fast-redelivery' }));
  writeStackFile(dataDir, file);
  const { keysDir, accessKey } = vaultPlaces(dataDir);
  await diskFileSystem().makeDir(keysDir);
  const key = await ownAccessKey(accessKey, diskFileSystem());
  perform = endpointCalls({ url: `http://127.0.0.1:${file.ports.secrets}`, key });
  await start();
  const database = { dataDir, port: file.ports.postgres, secrets: localSecrets(perform) };
  const driver = postgresDriver(null, []);
  server = await driver.start(database);
  await driver.prepare(database);
}, LIMIT_MS);
afterAll(async () => {
  await kill();
  server.kill();
  await server.exited;
  rmSync(dataDir, { recursive: true });
});

async function start(): Promise<void> {
  child = fork(MAIN, [], { env: { ...process.env, JULES_DATA: dataDir, JULES_LOG: 'error' }, stdio: 'inherit' });
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await isHealthy(`http://127.0.0.1:${file.ports.secrets}/healthz`))) {
    if (performance.now() > untilMs) throw new Error('the secrets do not answer');
    await pause(10);
  }
}

async function kill(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe.each([
  { what: 'the password of the application', secret: async () => SECRETS.databaseApp.name },
  { what: 'the password of the owner', secret: async () => SECRETS.databaseOwner.name },
  { what: 'the administrator of the database', secret: async () => SECRETS.databaseAdmin.name },
  { what: 'the keys of the vault', secret: async () => SECRETS.encryptionKeys.name },
  // One of its own each time, since a token is not rotated again while the one before is accepted.
  { what: 'a token', secret: newToken },
])('the rotation of $what', ({ secret }) => {
  it(
    'survives kill -9 at every entry of the journal',
    async () => {
      const entries = await entriesOf(await secret());
      expect(entries).toBeGreaterThanOrEqual(6);
      for (let entry = 1; entry <= entries; entry += 1) await rotateThroughKill(await secret(), entry);
    },
    LIMIT_MS,
  );
});

/** How many entries an undisturbed rotation makes. */
async function entriesOf(name: string): Promise<number> {
  const before = journalLines();
  await finished(name, await rotate(name));
  // Reading how far it is makes none.
  return journalLines() - before;
}

async function rotateThroughKill(name: string, entry: number): Promise<void> {
  const old = await current(name);
  const before = journalLines();
  const versionId = await rotate(name);
  const untilMs = performance.now() + PATIENCE_MS;
  while (journalLines() < before + entry && performance.now() < untilMs) await pause(1);
  await kill();
  await start();
  expect(await works(await current(name)), `${name}, killed at entry ${entry}`).toBe(true);
  await finished(name, versionId);
  const now = await current(name);
  expect([entry, now === old, await works(now)]).toEqual([entry, false, true]);
}

async function rotate(SecretId: string): Promise<string> {
  const ClientRequestToken = randomUUID();
  // Of the secrets of the stack this is what they have already.
  const RotationLambdaARN = rotationFunctionArn(LOCAL_REALM);
  await perform('secretsmanager.RotateSecret', { SecretId, ClientRequestToken, RotationLambdaARN });
  return ClientRequestToken;
}

const described = z.object({
  VersionIdsToStages: z.record(z.string(), z.array(z.string())),
});

/** The version is current, and nothing of the rotation is left to do. */
async function finished(SecretId: string, versionId: string): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (performance.now() < untilMs) {
    const { VersionIdsToStages } = described.parse(await perform('secretsmanager.DescribeSecret', { SecretId }));
    const { states } = statusAnswerSchema.parse(await perform('jules.Status', {}));
    const isPending = states.some(({ name, pending }) => name === SecretId && pending !== null);
    if (!isPending && VersionIdsToStages[versionId]?.includes('AWSCURRENT')) return;
    await pause(20);
  }
  throw new Error(`the rotation of ${SecretId} did not come to its end`);
}

async function current(name: string): Promise<string> {
  return (await localSecrets(perform).get(name)).text;
}

/** As whoever reads it uses it. */
async function works(text: string): Promise<boolean> {
  const credential = readCredential(text);
  if (credential === null) return false;
  if (credential.kind !== 'database_password' && credential.kind !== 'database_admin') return true;
  const { host, port, database, username: user, password } = credential;
  const client = new Client({ host, port, database, user, password });
  try {
    await client.connect();
    await client.query('SELECT count(*) FROM runs');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function newToken(): Promise<string> {
  const name = `test/token/${randomUUID()}`;
  const SecretString = JSON.stringify({ kind: 'service_token', token: randomUUID() });
  await perform('secretsmanager.CreateSecret', { Name: name, SecretString, ClientRequestToken: randomUUID() });
  return name;
}

function journalLines(): number {
  const newest = readFileSync(join(vaultPlaces(dataDir).journalDir, 'journal-000001.jsonl'), 'utf8');
  return newest.split('\n').length - 1;
}
