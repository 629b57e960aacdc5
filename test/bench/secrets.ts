/**
 * The vault and its endpoint: unlock, signed reads by raw HTTP against an endpoint in a process of its own, reads
 * through the SDK and from the cache.
 *
 * Every raw request is signed again, so the figure counts the client's work too.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { openLockedVault } from '../../local/vault/store/locked-vault.ts';
import { type VaultPlaces, vaultPlaces } from '../../local/vault/store/places.ts';
import { prepareDataDir } from '../../local/stack/data-dir.ts';
import { createSecrets, createSecretsClient } from '../../shared/adapters/secrets/secrets-manager.ts';
import { signRequest } from '../../shared/adapters/secrets/sign.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger } from '../../shared/adapters/system/logger.ts';
import { secretRecord } from '../support/secrets/vaults.ts';
import { atLeast, atMost, measurement, type Measurement, timed } from './measure.ts';

const MANY = 10_000;
const ROUNDS = 5;
const CONNECTIONS = 8;
const RAW_GETS = 3_000;
const SDK_GETS = 500;
const CACHED_GETS = 50_000;
/** Linux counts the time of a process in hundredths of a second. */
const TICK_US = 10_000;
const REGION = 'us-east-1';
const KEY = { accessKeyId: 'JULESBENCHKEY', secretAccessKey: 'bench-secret-key' };
const MAIN = join(import.meta.dirname, '../../local/cli/main.ts');
const logger = createLogger({ name: 'bench', level: 'silent' });

export async function benchSecrets(): Promise<Measurement[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jules-bench-secrets-'));
  try {
    const places = vaultPlaces(prepareDataDir(dataDir));
    await fill(places);
    const unlock = await benchUnlock(places);
    return [unlock, ...(await benchEndpoint(dataDir))];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function open(places: VaultPlaces) {
  const source = { kind: 'file', path: places.keyFile } as const;
  return openLockedVault({ places, source, logger, nowMs: () => Math.floor(Date.now()) });
}

async function fill(places: VaultPlaces): Promise<void> {
  const { vault, close } = await open(places);
  await vault.transact((transaction) => {
    for (let n = 0; n < MANY; n += 1) {
      const [name, id] = [`many/${n}`, `version-${n}`];
      const version = { id, createdMs: 1_000, accessedDayMs: null, stages: ['AWSCURRENT'] };
      transaction.put(secretRecord({ name, versions: [version] }));
      transaction.putValue(name, id, { kind: 'string', bytes: Buffer.from(`{"password":"text ${n}"}`) });
    }
  });
  await close();
}

async function benchUnlock(places: VaultPlaces): Promise<Measurement> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedMs = performance.now();
    const { close } = await open(places);
    seconds.push((performance.now() - startedMs) / 1_000);
    await close();
  }
  return measurement('unlock a vault of 10,000 secrets', 's', seconds, atMost(0.3));
}

async function benchEndpoint(dataDir: string): Promise<Measurement[]> {
  const env = { ...process.env, JULES_ACCESS_KEY: KEY.accessKeyId, JULES_SECRET_KEY: KEY.secretAccessKey };
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'secrets', 'serve', '--port', '0', '--data', dataDir];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = new URL(line.toString('utf8').trim());
    return [...(await benchRaw(url, child)), ...(await benchSdk(url.origin))];
  } finally {
    await stop(child);
  }
}

/** Beside the rate, which a busy machine lowers: the processor time of the endpoint, which it hardly does. */
async function benchRaw(url: URL, child: ChildProcess): Promise<Measurement[]> {
  const perSecond: number[] = [];
  const cpuUs: number[] = [];
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    const before = ticksOf(child);
    const tookMs = await timed(() => Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => readMany(url, at))));
    // The first warms both sides up.
    if (round === 0) continue;
    perSecond.push((RAW_GETS / tookMs) * 1_000);
    cpuUs.push(((ticksOf(child) - before) * TICK_US) / RAW_GETS);
  }
  return [
    measurement('signed gets by raw HTTP, 8 connections', 'a second', perSecond, atLeast(2_000)),
    ...(ticksOf(child) === 0 ? [] : [measurement('processor time of the endpoint for a signed get', 'us', cpuUs)]),
  ];
}

/** User and system time of a process; 0 where there is no /proc. */
function ticksOf({ pid }: ChildProcess): number {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return 0;
  const fields = readFileSync(path, 'utf8').split(') ').at(-1)!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function readMany(url: URL, connection: number): Promise<void> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await once(socket, 'connect');
  const answers = answersOn(socket);
  for (let n = connection; n < RAW_GETS; n += CONNECTIONS) {
    socket.write(signedGet(url, `many/${n % MANY}`));
    const { value } = (await answers.next()) as { value: string };
    if (!value.includes(`text ${n % MANY}`)) throw new Error(`many/${n % MANY} was answered with ${value}`);
  }
  socket.destroy();
}

function signedGet(url: URL, name: string): string {
  const body = Buffer.from(JSON.stringify({ SecretId: name }), 'utf8');
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' };
  const signer = { key: KEY, region: REGION, service: 'secretsmanager', nowMs: Date.now() };
  const signed = signRequest({ method: 'POST', url, headers, body }, signer);
  const lines = Object.entries({ host: url.host, 'content-length': String(body.length), ...signed });
  return `POST / HTTP/1.1\r\n${lines.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n${body.toString('utf8')}`;
}

/** One answer after another; each states its length. */
async function* answersOn(socket: Socket): AsyncGenerator<string, void> {
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    const end = text.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
    if (end < 0 || text.length < end + 4 + length) continue;
    yield text.slice(end + 4, end + 4 + length);
    text = text.slice(end + 4 + length);
  }
}

async function benchSdk(endpoint: string): Promise<Measurement[]> {
  const client = createSecretsClient({ region: REGION, endpoint, credentials: KEY });
  const read = (n: number) => client.send(new GetSecretValueCommand({ SecretId: `many/${n % MANY}` }));
  for (let n = 0; n < SDK_GETS / 4; n += 1) await read(n);
  const times: number[] = [];
  for (let n = 0; n < SDK_GETS; n += 1) times.push(await timed(() => read(n)));
  const secrets = createSecrets({ sources: [{ name: 'bench', client }], clock: systemClock() });
  await secrets.get('many/1');
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const tookMs = await timed(async () => {
      for (let n = 0; n < CACHED_GETS; n += 1) await secrets.get('many/1');
    });
    rounds.push((tookMs / CACHED_GETS) * 1_000);
  }
  client.destroy();
  return [
    measurement('get through the SDK', 'ms', times, atMost(1.5)),
    measurement('get from the cache', 'us', rounds, atMost(50)),
  ];
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
