/**
 * A day on which every credential rotates twice while minutes pass, people look at the page, send commands, and ask the
 * database: nobody is turned away, and the ledger is that of an undisturbed run.
 *
 * In the short stage a token overlaps for 10 s and a secret is cached for 2 s, so two rotations of a token fit into one
 * run.
 */

import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { endpointCalls } from '../../../local/vault/stack/endpoint-calls.ts';
import type { Perform } from '../../../local/vault/stack/local-secrets.ts';
import type { Stack } from '../../../local/stack/stack.ts';
import { createPool } from '../../../shared/adapters/postgres/connection/pool.ts';
import { createEndpointSecrets } from '../../../shared/adapters/secrets/secrets-manager.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import type { RunSummary } from '../../../shared/domain/run/run-tally.ts';
import type { Secrets } from '../../../shared/ports/secrets.ts';
import { readAccessKey } from '../../../shared/runtime/access-key-file.ts';
import { databaseLogin, serviceToken } from '../../../shared/runtime/with-secret.ts';
import { SECRETS, topology } from '../../../shared/topology.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { replay, runOptions, undisturbed } from '../../support/stack/replays.ts';

const STAGE = 'fast-redelivery';
const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = 20_250_103;
const ROTATIONS = 2;
const PATIENCE_MS = 120_000;
const LIMIT_MS = 600_000;
const { brokerApiKey: _operator, ...ROTATING } = SECRETS;

describe('a day on which every credential rotates twice', () => {
  let bars = '';
  let expected: RunSummary;
  const options = () => runOptions({ bars, symbols: SYMBOLS, date: SESSION, policy: 'random' });

  beforeAll(() => {
    bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 12 });
    expected = undisturbed(options());
  });
  afterAll(() => rmSync(bars, { recursive: true }));

  it(
    'fails no query, no request and no minute',
    async () => {
      const rotated: string[] = [];
      let load: Load | null = null;
      let rotating: Promise<void> = Promise.resolve();
      let denied = '';
      const run = await replay(options(), {
        stage: STAGE,
        onReady: (stack) => {
          load = startLoad(stack);
          rotating = rotateAll(stack, rotated);
        },
        onFinished: async (stack) => {
          await rotating;
          await load?.stop();
          denied = readFileSync(`${dataDirOf(stack)}/logs/host.log`, 'utf8');
        },
      });
      const times = Object.values(ROTATING).map(({ name }) => rotated.filter((each) => each === name).length);
      expect(times).toEqual(times.map(() => ROTATIONS));
      expect(load!.failures).toEqual([]);
      expect(Object.entries(load!.answers).filter(([, count]) => count <= 20)).toEqual([]);
      expect(denied).not.toMatch(/TOKEN_REFUSED|28P01/);
      expect(run.summary).toEqual(expected);
    },
    LIMIT_MS,
  );
});

/** Each on its own, as soon as it may. */
async function rotateAll(stack: Stack, rotated: string[]): Promise<void> {
  const url = `http://127.0.0.1:${stack.file.ports.secrets}`;
  const perform = endpointCalls({ url, key: readAccessKey(dataDirOf(stack)) });
  await Promise.all(
    Object.values(ROTATING).map(async ({ name, kind }) => {
      for (let round = 0; round < ROTATIONS; round += 1) {
        if (round > 0 && kind === 'service_token') await pause(topology(STAGE).tokenOverlapMs);
        await rotate(name, perform);
        rotated.push(name);
      }
    }),
  );
}

const described = z.object({ VersionIdsToStages: z.record(z.string(), z.array(z.string())) });

async function rotate(SecretId: string, perform: Perform): Promise<void> {
  const ClientRequestToken = randomUUID();
  await perform('secretsmanager.RotateSecret', { SecretId, ClientRequestToken });
  const untilMs = performance.now() + PATIENCE_MS;
  while (performance.now() < untilMs) {
    const { VersionIdsToStages } = described.parse(await perform('secretsmanager.DescribeSecret', { SecretId }));
    if (VersionIdsToStages[ClientRequestToken]?.includes('AWSCURRENT')) return;
    await pause(50);
  }
  throw new Error(`${SecretId} was not rotated in time`);
}

interface Load {
  readonly failures: string[];
  readonly answers: Record<string, number>;
  stop(): Promise<void>;
}

/** Clients as the product has them: a cache of the stage's length, and no second chance where they are refused. */
function startLoad(stack: Stack): Load {
  const secrets = createEndpointSecrets({
    endpoint: `http://127.0.0.1:${stack.file.ports.secrets}`,
    credentials: readAccessKey(dataDirOf(stack)),
    clock: systemClock(),
    ttlMs: topology(STAGE).secretCacheMs,
  });
  const failures: string[] = [];
  const answers: Record<string, number> = {};
  let isOver = false;
  const worker = async (name: string, work: () => Promise<string | null>): Promise<void> => {
    answers[name] = 0;
    while (!isOver) {
      const failure = await work().catch(String);
      if (failure === null) answers[name] += 1;
      else failures.push(`${name}: ${failure}`);
      await pause(20);
    }
  };
  const running = [
    ...(['databaseApp', 'databaseReader', 'databaseOwner', 'databaseAdmin'] as const).map((key) =>
      worker(key, () => askDatabase(secrets, SECRETS[key].name)),
    ),
    worker('page', () => askPage(stack.url)),
    worker('command', () => withToken(secrets, SECRETS.pageToken.name, new URL('/api/commands', stack.url))),
    worker('act', () =>
      withToken(secrets, SECRETS.runnerToken.name, new URL(`http://127.0.0.1:${stack.file.ports.runner}/v1/act`)),
    ),
  ];
  return {
    failures,
    answers,
    async stop() {
      isOver = true;
      await Promise.all(running);
    },
  };
}

/** A pool of its own each time, so that there is a login behind every answer. */
async function askDatabase(secrets: Secrets, name: string): Promise<string | null> {
  const pool = createPool({ login: databaseLogin({ secrets, name }), applicationName: 'load', poolMax: 1 });
  try {
    for (let query = 0; query < 3; query += 1) await pool.query('SELECT count(*) FROM runs');
    return null;
  } finally {
    await pool.end();
  }
}

async function askPage(url: string): Promise<string | null> {
  const { status } = await fetch(new URL('/api/sessions', url));
  return status === 200 ? null : `status ${status}`;
}

/** A body that means nothing: whoever holds the token gets 400, whoever does not gets 401. */
async function withToken(secrets: Secrets, name: string, url: URL): Promise<string | null> {
  const token = await serviceToken({ secrets, name }).current();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const { status } = await fetch(url, { method: 'POST', headers, body: '{}' });
  return status === 400 ? null : `status ${status}`;
}

function dataDirOf(stack: Stack): string {
  const environment = readFileSync(`/proc/${stack.pids['secrets']}/environ`, 'utf8').split('\0');
  return environment.find((each) => each.startsWith('JULES_DATA='))?.slice('JULES_DATA='.length) ?? '';
}
