/**
 * The vault's own keys, rotated by the same handler through the signed endpoint of a process that is killed meanwhile.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRotation } from '../../../functions/rotate-secrets/handler.ts';
import { callEndpoint } from '../../../local/emulators/secrets-manager/call.ts';
import { openLockedVault } from '../../../local/vault/store/locked-vault.ts';
import { vaultPlaces } from '../../../local/vault/store/places.ts';
import { prepareDataDir } from '../../../local/stack/data-dir.ts';
import { createKeyGenerations } from '../../../shared/adapters/secrets/key-generations.ts';
import { createSecretStore } from '../../../shared/adapters/secrets/secret-store.ts';
import { createSecretsClient } from '../../../shared/adapters/secrets/secrets-manager.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { KeyGenerations } from '../../../shared/ports/key-generations.ts';
import { ACCESS_KEY, REGION, startTestEndpoint } from '../../support/secrets/endpoints.ts';
import { startRotationFunction } from '../../support/secrets/rotation-function.ts';
import { secretRecord } from '../../support/secrets/vaults.ts';

const MAIN = join(import.meta.dirname, '../../../local/cli/main.ts');
const KEYS_SECRET = 'jules/encryption-keys';
const MANY = 1_000;
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const logger = createLogger({ name: 'test', level: 'silent' });

let dataDir = '';
let lambda: Awaited<ReturnType<typeof startRotationFunction>>;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-keys-'));
  // The test itself drives the steps; RotateSecret only needs somebody to call.
  lambda = await startRotationFunction();
  await fill();
});
afterAll(async () => {
  await lambda.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function fill(): Promise<void> {
  const places = vaultPlaces(prepareDataDir(dataDir));
  const source = { kind: 'file', path: places.keyFile } as const;
  const { vault, close } = await openLockedVault({ places, source, logger, nowMs: () => 1_000 });
  await vault.transact((transaction) => {
    for (let n = 0; n < MANY; n += 1) {
      const [name, id] = [`many/${n}`, `version-${n}`];
      const version = { id, createdMs: 1_000, accessedDayMs: null, stages: ['AWSCURRENT'] };
      transaction.put(secretRecord({ name, versions: [version] }));
      transaction.putValue(name, id, { kind: 'string', bytes: Buffer.from(`text ${n}`) });
    }
  });
  await close();
}

interface Served {
  readonly child: ChildProcess;
  readonly client: SecretsManagerClient;
  readonly url: string;
}

async function serve(): Promise<Served> {
  const args = [MAIN, 'secrets', 'serve', '--port', '0', '--data', dataDir, '--lambda-endpoint', lambda.url];
  const env = {
    ...process.env,
    JULES_ACCESS_KEY: ACCESS_KEY.accessKeyId,
    JULES_SECRET_KEY: ACCESS_KEY.secretAccessKey,
  };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await Promise.race([once(child.stdout, 'data'), died(child)])) as [Buffer];
  const url = line.toString('utf8').trim();
  return { child, url, client: createSecretsClient({ region: REGION, endpoint: url, credentials: ACCESS_KEY }) };
}

async function died(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the endpoint ended with ${code}`);
}

async function kill({ child, client }: Served): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  client.destroy();
}

function keysAt(url: string): KeyGenerations {
  return createKeyGenerations({
    endpoint: url,
    region: REGION,
    credentials: async () => ACCESS_KEY,
    nowMs: () => Date.now(),
  });
}

/** The handler as everywhere else; `onRewrap` is called behind each batch. */
function handlerFor({ client, url }: Served, onRewrap: (left: number) => Promise<void> = async () => undefined) {
  const keys = keysAt(url);
  const watched: KeyGenerations = {
    ...keys,
    rewrap: async (generation, limit) => {
      const left = await keys.rewrap(generation, limit);
      await onRewrap(left);
      return left;
    },
  };
  const nothing = async () => undefined;
  const database = { canLogIn: async () => false, setPassword: nothing, setAdminPassword: nothing };
  const store = createSecretStore(client);
  return createRotation({ store, database, keys: watched, clock: systemClock(), logger, tokenOverlapMs: 0 });
}

async function generationsOf(url: string): Promise<number[]> {
  const call = { url, key: ACCESS_KEY, region: REGION, target: 'jules.Status', input: {} };
  return ((await callEndpoint(call)) as { generations: number[] }).generations;
}

describe('the rotation of encryption keys', () => {
  it('goes on where kill -9 of the endpoint cut it off, and every value is there', async () => {
    const token = randomUUID();
    const first = await serve();
    const value = JSON.stringify({ kind: 'encryption_keys', generation: 1 });
    await first.client.send(new CreateSecretCommand({ Name: KEYS_SECRET, SecretString: value }));
    lambda.before = () => new Promise(() => undefined);
    await first.client.send(
      new RotateSecretCommand({
        SecretId: KEYS_SECRET,
        ClientRequestToken: token,
        RotationLambdaARN: 'rotate-secrets',
      }),
    );
    const lefts: number[] = [];
    const dying = handlerFor(first, async (left) => {
      lefts.push(left);
      if (lefts.length === 2) await kill(first);
    });
    await dying({ SecretId: KEYS_SECRET, ClientRequestToken: token, Step: 'createSecret' });
    const setting = dying({ SecretId: KEYS_SECRET, ClientRequestToken: token, Step: 'setSecret' });
    await expect(setting).rejects.toMatchObject({ code: 'SECRETS_UNREACHABLE' });
    expect(lefts.at(-1)).toBeGreaterThan(0);

    const second = await serve();
    expect(await generationsOf(second.url)).toEqual([1, 2]);
    const resumed = handlerFor(second, async (left) => void lefts.push(left));
    for (const Step of STEPS) await resumed({ SecretId: KEYS_SECRET, ClientRequestToken: token, Step });
    expect(lefts[2]).toBeLessThan(lefts[1]!);
    expect(await generationsOf(second.url)).toEqual([2]);
    const { SecretString } = await second.client.send(new GetSecretValueCommand({ SecretId: KEYS_SECRET }));
    expect(JSON.parse(SecretString ?? '')).toEqual({ kind: 'encryption_keys', generation: 2 });
    for (const n of [0, 199, 200, 400, MANY - 1]) {
      const read = await second.client.send(new GetSecretValueCommand({ SecretId: `many/${n}` }));
      expect(read.SecretString).toBe(`text ${n}`);
    }
    await kill(second);
  });

  it('is refused unsigned, under a generation that is not the newest', async () => {
    const endpoint = await startTestEndpoint();
    const keys = keysAt(endpoint.url);
    await keys.next(1);
    await expect(keys.rewrap(1, 10)).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
    const stranger = { accessKeyId: ACCESS_KEY.accessKeyId, secretAccessKey: 'another' };
    const unsigned = createKeyGenerations({
      endpoint: endpoint.url,
      region: REGION,
      credentials: async () => stranger,
      nowMs: () => Date.now(),
    });
    await expect(unsigned.retire()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    await endpoint.stop();
    await expect(keys.check(1)).rejects.toMatchObject({ code: 'SECRETS_UNREACHABLE' });
  });
});
