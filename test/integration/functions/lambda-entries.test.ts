/**
 * The entries that Lambda calls, wired by their environment alone: a minute goes in at one end, a decision comes out at
 * the other, over a real queue endpoint, a real secrets endpoint, a real database and a real runner.
 */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { builtInPolicies } from '../../../gpu-runner/serve/policies.ts';
import { RUNNER_LIMITS, type RunningServer, startRunnerServer } from '../../../gpu-runner/serve/server.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import { decisionV2 } from '../../../shared/contracts/decision.v2.ts';
import { featureSchemaHash } from '../../../shared/domain/ledger/ledger.ts';
import type { SqsFunction } from '../../../shared/ports/sqs-event.ts';
import { type QueueName, SECRETS, topology } from '../../../shared/topology.ts';
import { runConfig, SESSION } from '../../support/core/core.ts';
import { eventOf, recordOf } from '../../support/messages/messages.ts';
import { startTestPostgres, type TestPostgres } from '../../support/database/postgres.ts';
import { ACCESS_KEY, REGION, startTestEndpoint, type TestEndpoint } from '../../support/secrets/endpoints.ts';
import { acceptsOnly } from '../../support/secrets/fixed-secrets.ts';
import { startTestQueues, type TestQueues } from '../../support/queues/queues.ts';
import { minute } from '../../support/trading/messages.ts';
import { feeds } from '../../support/database/feeds.ts';

const RUNNER_TOKEN = 't'.repeat(43);
const ALL_GOOD = { batchItemFailures: [] };
const ENTRIES = {
  ingest: () => import('../../../functions/ingest/index.ts'),
  signal: () => import('../../../functions/signal/index.ts'),
  risk: () => import('../../../functions/risk/index.ts'),
};

let postgres: TestPostgres;
let queues: TestQueues;
let secrets: TestEndpoint;
let runner: RunningServer;

beforeAll(async () => {
  [postgres, queues, secrets] = await Promise.all([
    startTestPostgres(),
    startTestQueues(topology()),
    startTestEndpoint(),
  ]);
  await putSecrets();
  const logger = createLogger({ name: 'test', level: 'silent' });
  const serving = { limits: RUNNER_LIMITS, token: acceptsOnly(RUNNER_TOKEN), isReady: () => true };
  const deps = { policies: builtInPolicies(), featureSchemaHash, logger, ...serving };
  runner = await startRunnerServer(deps, 0);
  await postgres.database.transaction(async ({ runs }) => {
    await runs.create(runConfig(), 'paper');
    await runs.openSession({ runId: 'run-1', session: SESSION.date, minutes: 390, openMs: SESSION.openMs }, feeds());
  });
});
afterAll(async () => {
  await runner.close(0);
  await queues.stop();
  await secrets.stop();
  await postgres.stop();
});

async function putSecrets(): Promise<void> {
  const { name, text } = await postgres.options.secrets.get(SECRETS.databaseApp.name);
  const values = [
    [name, text],
    [SECRETS.runnerToken.name, JSON.stringify({ kind: 'service_token', token: RUNNER_TOKEN })],
  ];
  for (const [Name, SecretString] of values) {
    const version = { SecretString, ClientRequestToken: randomUUID() };
    await secrets.service.perform('secretsmanager.CreateSecret', { Name, ...version }, 'test');
  }
}

async function load(name: keyof typeof ENTRIES): Promise<SqsFunction> {
  const environment = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ACCESS_KEY.secretAccessKey,
    AWS_ENDPOINT_URL_SQS: queues.server.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    JULES_LOG: 'silent',
    JULES_DATABASE_SECRET: SECRETS.databaseApp.name,
    JULES_RUNNER_URL: `http://127.0.0.1:${runner.port}`,
    JULES_RUNNER_SECRET: SECRETS.runnerToken.name,
  };
  for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value);
  return (await ENTRIES[name]()).handler;
}

async function next(queue: QueueName): Promise<string> {
  const [message] = await queues.queue.receive(queue, { max: 1, waitMs: 5_000 });
  return message?.body ?? '';
}

describe('the entries of the functions', () => {
  it('pass a minute on to its decision', async () => {
    const ingest = await load('ingest');
    expect(await ingest(eventOf(recordOf(JSON.stringify(minute()))))).toEqual(ALL_GOOD);
    const signal = await load('signal');
    expect(await signal(eventOf(recordOf(await next('bars-ready'))))).toEqual(ALL_GOOD);
    const risk = await load('risk');
    expect(await risk(eventOf(recordOf(await next('signals'))))).toEqual(ALL_GOOD);
    const decision = decisionV2.schema.parse(JSON.parse(await next('orders')));
    expect(decision.data).toMatchObject({ session: SESSION.date, minuteIndex: 0, state: 'ACTIVE', orders: [] });
    // Whoever returns may be frozen, so nothing is left for later.
    const unpublished = await postgres.database.transaction(({ outbox }) => outbox.unpublished(null, 0, 10));
    expect(unpublished).toEqual([]);
  });

  it('park what cannot be read instead of failing', async () => {
    const ingest = await load('ingest');
    expect(await ingest(eventOf(recordOf('{half a mess')))).toEqual(ALL_GOOD);
    const { rows } = await postgres.pool('reader').query('SELECT reason FROM quarantine');
    expect(rows).toEqual([{ reason: 'malformed-json' }]);
  });
});
