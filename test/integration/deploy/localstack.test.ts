/**
 * LocalStack without Docker: queues and secrets deployed, our host polls them, and the ledger hash is that of the core.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isListening } from '../../../local/deploy/emulator-probe.ts';
import { readTargetFile } from '../../../local/deploy/target-file.ts';
import { LOCALSTACK } from '../../../local/emulators/localstack/localstack.ts';
import { createSqsClient, LOCAL_CREDENTIALS } from '../../../shared/adapters/sqs/client.ts';
import { topology } from '../../../shared/topology.ts';
import { isInstalled, whySkipped } from '../../support/queues/emulators.ts';
import { jules, julesJson } from '../../support/stack/jules.ts';
import { HOUR, recordedHour } from '../../support/bars/recorded-hour.ts';

const STACKS = ['jules-local-messaging', 'jules-local-secrets'];

interface Deployed {
  readonly functions: string;
  readonly stacks: readonly { readonly stack: string; readonly status: string }[];
  readonly leftOut: readonly { readonly what: string; readonly why: string }[];
}

interface Row {
  readonly queue: string;
  readonly waiting: number;
  readonly dead: number;
  readonly parked: number | null;
}

describe.skipIf(!isInstalled(LOCALSTACK))(`deployed to LocalStack${whySkipped(LOCALSTACK)}`, () => {
  let folder = '';
  let data: string[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jules-localstack-'));
    data = ['--data', join(folder, 'data')];
  });
  afterAll(async () => {
    await jules(['destroy', ...data]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('gets queues and secrets, and says by name what it does not get, and why', async () => {
    const deployed = await julesJson<Deployed>(['deploy', '--target', 'localstack', ...data]);
    expect(deployed.functions).toBe('host');
    expect(deployed.stacks.map(({ stack, status }) => [stack, status])).toEqual(
      STACKS.map((stack) => [stack, 'CREATE_COMPLETE']),
    );
    expect(deployed.leftOut).toContainEqual({
      what: 'the stacks functions and observability',
      why: expect.stringContaining('no Docker') as string,
    });
  });

  it(`gives ${HOUR} the ledger hash of the backtest`, async () => {
    const hour = recordedHour();
    const args = ['replay', '--target', 'localstack', '--compare', ...data, ...hour.args];
    const replayed = await julesJson<{ decisions: number; compare: object }>(args);
    hour.remove();
    expect(replayed.compare).toMatchObject({ equal: true, firstDifference: null });
    expect(replayed.decisions).toBe(60);
  });

  it('shows its dead letters, sends one back, and deletes another, where no stack runs', async () => {
    const { deadLetterName } = topology().queues.orders;
    await put(deadLetterName, 'the first');
    expect((await queues('peek', 'orders'))[1]).toContain('the first');
    expect(await queues('redrive', 'orders')).toEqual(['1 dead letter went back to orders']);
    expect(await queues('peek', 'orders')).toEqual(['no dead letters of orders']);
    await put(deadLetterName, 'the second');
    expect(await counts()).toEqual({ waiting: 1, dead: 1, parked: null });
    expect(await queues('purge', 'orders', '--yes')).toEqual([
      `deleted: 1 dead letter of orders (${deadLetterName}, run drill)`,
    ]);
    expect(await counts()).toEqual({ waiting: 1, dead: 0, parked: null });
  });

  it('says where the quarantine of a target is', async () => {
    const { exitCode, stderr } = await jules(['queues', 'peek', 'quarantine', '--target', 'localstack', ...data]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('give the data folder of its replay')]);
  });

  it('names the deploy that is missing for the queues of another target', async () => {
    const { exitCode, stderr } = await jules(['queues', 'status', '--target', 'ministack', ...data]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('run ./jules deploy --target ministack first')]);
  });

  async function queues(...args: string[]): Promise<string[]> {
    const { exitCode, stdout, stderr } = await jules(['queues', ...args, ...data]);
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.split('\n');
  }

  async function counts(): Promise<object> {
    const rows = await julesJson<readonly Row[]>(['queues', 'status', ...data]);
    const { waiting, dead, parked } = rows.find(({ queue }) => queue === 'orders')!;
    return { waiting, dead, parked };
  }

  async function put(queueName: string, body: string): Promise<void> {
    const { endpoint, region } = readTargetFile(data[1]!)!;
    const client = createSqsClient({ endpoint: endpoint!, region, credentials: LOCAL_CREDENTIALS });
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
    const message = { MessageBody: body, MessageGroupId: 'drill', MessageDeduplicationId: body.replaceAll(' ', '-') };
    await client.send(new SendMessageCommand({ QueueUrl, ...message }));
    client.destroy();
  }

  it('leaves nothing behind after a destroy', async () => {
    const { endpoint } = readTargetFile(data[1]!)!;
    const { exitCode } = await jules(['destroy', ...data]);
    expect(exitCode).toBe(0);
    expect(await isListening(endpoint!)).toBe(false);
    expect(readTargetFile(data[1]!)).toBeNull();
  });
});
