/**
 * The entries that Lambda calls, wired by their environment alone: a minute goes in at one end, a decision comes out at
 * the other, over a real queue endpoint, a real database and a real runner.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { builtInPolicies } from '../../../gpu-runner/policies.ts';
import { RUNNER_LIMITS, type RunningServer, startRunnerServer } from '../../../gpu-runner/server.ts';
import { DATABASE_NAME, ROLE_NAMES } from '../../../local/database/connect.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import { decisionV1 } from '../../../shared/contracts/decision.v1.ts';
import { featureSchemaHash } from '../../../shared/domain/ledger/ledger.ts';
import type { SqsFunction } from '../../../shared/ports/sqs-event.ts';
import { type QueueName, topology } from '../../../shared/topology.ts';
import { runConfig, SESSION } from '../../support/core.ts';
import { eventOf, recordOf } from '../../support/messages.ts';
import { startTestPostgres, TEST_CREDENTIALS, type TestPostgres } from '../../support/postgres.ts';
import { startTestQueues, type TestQueues } from '../../support/queues.ts';
import { minute } from '../../support/trading/messages.ts';

const ALL_GOOD = { batchItemFailures: [] };
const ENTRIES = {
  ingest: () => import('../../../functions/ingest/index.ts'),
  signal: () => import('../../../functions/signal/index.ts'),
  risk: () => import('../../../functions/risk/index.ts'),
};

let postgres: TestPostgres;
let queues: TestQueues;
let runner: RunningServer;
let folder = '';

beforeAll(async () => {
  [postgres, queues] = await Promise.all([startTestPostgres(), startTestQueues(topology())]);
  const logger = createLogger({ name: 'test', level: 'silent' });
  const deps = { policies: builtInPolicies(), featureSchemaHash, logger, limits: RUNNER_LIMITS, isReady: () => true };
  runner = await startRunnerServer(deps, 0);
  folder = mkdtempSync(join(tmpdir(), 'jules-entries-'));
  await postgres.database.transaction(async ({ runs }) => {
    await runs.create(runConfig(), 'paper');
    await runs.openSession({ runId: 'run-1', session: SESSION.date, minutes: 390, openMs: SESSION.openMs });
  });
});
afterAll(async () => {
  await runner.close(0);
  await queues.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

async function load(name: keyof typeof ENTRIES): Promise<SqsFunction> {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, TEST_CREDENTIALS.app);
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SQS: queues.server.endpoint,
    JULES_LOG: 'silent',
    JULES_PG_HOST: '127.0.0.1',
    JULES_PG_PORT: String(postgres.options.port),
    JULES_PG_DATABASE: DATABASE_NAME,
    JULES_PG_USER: ROLE_NAMES.app,
    JULES_PG_PASSWORD_FILE: passwordFile,
    JULES_RUNNER_URL: `http://127.0.0.1:${runner.port}`,
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
    const decision = decisionV1.schema.parse(JSON.parse(await next('orders')));
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
