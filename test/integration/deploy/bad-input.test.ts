/**
 * What goes wrong with a deploy, on a real MiniStack: every failure names the next step, and deploying again repairs.
 */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccount } from '../../../local/deploy/account.ts';
import { emulatorPlace } from '../../../local/deploy/place.ts';
import { readTargetFile } from '../../../local/deploy/target-file.ts';
import { type Emulator, startEmulator } from '../../../local/emulators/emulator.ts';
import { MINISTACK } from '../../../local/emulators/ministack/ministack.ts';
import { freePorts } from '../../../local/stack/ports.ts';
import { isInstalled, whySkipped } from '../../support/queues/emulators.ts';
import { jules, julesJson, startJules } from '../../support/stack/jules.ts';

const MESSAGING = 'jules-local-messaging';
const STACKS = [MESSAGING, 'jules-local-secrets', 'jules-local-functions', 'jules-local-observability'];
const LOGIN = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

let folder = '';
let dataDir = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jules-deploy-'));
  dataDir = join(folder, 'data');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a deploy that cannot begin', () => {
  it.each([
    { args: ['--region', 'mars'], says: "--region: 'mars' is not an AWS region" },
    { args: ['--endpoint', 'localhost'], says: "--endpoint: 'localhost' is not an address" },
    { args: ['--stage', 'paper'], says: "--stage: 'paper' is not for ministack" },
  ])('refuses $args', async ({ args, says }) => {
    const { exitCode, stderr } = await jules(['deploy', '--target', 'ministack', '--data', dataDir, ...args]);
    expect(stderr).toContain(says);
    expect(exitCode).toBe(2);
  });

  it('says that no AWS credentials were found', async () => {
    const { exitCode, stderr } = await jules(['deploy', '--target', 'aws', '--plan', '--data', dataDir], {
      HOME: folder,
    });
    expect(stderr).toContain('no AWS credentials were found');
    expect(stderr).toContain('fix: log in (aws sso login)');
    expect(exitCode).toBe(4);
  });

  it('asks before AWS, and refuses where nobody can answer', async () => {
    const { exitCode, stderr } = await jules(['deploy', '--target', 'aws', '--data', dataDir]);
    expect(stderr).toContain('deploy to AWS asks first');
    expect(exitCode).toBe(2);
  });

  it('says that no emulator runs at the address given', async () => {
    const [port] = await freePorts(1);
    const args = ['deploy', '--target', 'ministack', '--endpoint', `http://127.0.0.1:${port}`, '--data', dataDir];
    const { exitCode, stderr } = await jules(args);
    expect(stderr).toContain('nobody listens there');
    expect(exitCode).toBe(4);
  });

  it('gives up on an endpoint that takes connections and never answers', async () => {
    const silent = await listen();
    const args = ['deploy', '--target', 'ministack', '--endpoint', silent.endpoint, '--data', dataDir];
    const { exitCode, stderr, tookMs } = await jules(args);
    silent.server.close();
    expect(stderr).toContain('did not answer within 5 s');
    expect(exitCode).toBe(4);
    expect(tookMs).toBeLessThan(30_000);
  });

  it('gives up on an endpoint that stops answering later', async () => {
    const silent = await listen();
    const account = openAccount(emulatorPlace(silent.endpoint, 'us-east-1'), { requestTimeoutMs: 300 });
    await expect(account.stack(MESSAGING)).rejects.toThrow('did not answer it in time');
    account.close();
    silent.server.close();
  });
});

/** Takes connections and says nothing. */
async function listen(): Promise<{ endpoint: string; server: Server }> {
  const server = createServer((socket) => socket.unref());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe.skipIf(!isInstalled(MINISTACK))(`a deploy to MiniStack that meets trouble${whySkipped(MINISTACK)}`, () => {
  let emulator: Emulator;
  let queues: SQSClient;
  let formation: CloudFormationClient;
  let deploy: string[] = [];

  beforeAll(async () => {
    emulator = await startEmulator(MINISTACK);
    queues = new SQSClient({ ...LOGIN, endpoint: emulator.endpoint });
    formation = new CloudFormationClient({ ...LOGIN, endpoint: emulator.endpoint });
    deploy = ['deploy', '--target', 'ministack', '--endpoint', emulator.endpoint, '--data', dataDir];
  });
  afterAll(async () => {
    queues?.destroy();
    formation?.destroy();
    await emulator?.stop();
  });

  async function statuses(): Promise<(string | undefined)[]> {
    const account = openAccount(emulatorPlace(emulator.endpoint, 'us-east-1'));
    const states = await Promise.all(STACKS.map((name) => account.stack(name)));
    account.close();
    return states.map((state) => state?.status);
  }

  const ALL_MADE = STACKS.map(() => 'CREATE_COMPLETE');

  it('plans for AWS with account, region and the price of a month, here with MiniStack in its place', async () => {
    const place = { AWS_ENDPOINT_URL: emulator.endpoint, AWS_ENDPOINT_URL_S3: emulator.endpoint };
    const login = { ...place, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', HOME: folder };
    const plan = ['deploy', '--target', 'aws', '--region', 'us-east-1', '--plan', '--data', join(folder, 'aws')];
    const refused = await jules(plan, login);
    expect(refused.stderr).toContain('alarmEmail is not set; give --set alarmEmail=VALUE');
    expect(refused.exitCode).toBe(2);
    const planned = await jules([...plan, '--set', 'alarmEmail=ops@example.org', '--set', 'imageTag=0.1.0'], login);
    expect(planned.stdout).toContain('plan for AWS account 000000000000, region us-east-1, stage paper');
    expect(planned.stdout).toContain('jules-paper-data will be created');
    expect(planned.stdout).toMatch(/costs about \$\d+\.\d\d a month/);
  });

  it('names the other emulator', async () => {
    const args = ['deploy', '--target', 'localstack', '--endpoint', emulator.endpoint, '--data', dataDir];
    const { exitCode, stderr } = await jules(args);
    expect(stderr).toContain('is MiniStack 1.5.33');
    expect(stderr).toContain('--target ministack');
    expect(exitCode).toBe(2);
  });

  it('refuses names that are taken, and makes nothing', async () => {
    const clash = { QueueName: 'minutes.fifo', Attributes: { FifoQueue: 'true' } };
    const { QueueUrl } = await queues.send(new CreateQueueCommand(clash));
    const { exitCode, stderr } = await jules(deploy);
    expect(stderr).toContain('has queue minutes.fifo already, made by no stack of ours');
    expect(exitCode).toBe(1);
    expect(await statuses()).toEqual(STACKS.map(() => undefined));
    await queues.send(new DeleteQueueCommand({ QueueUrl }));
  });

  it('stops at Ctrl-C, says so, and leaves nothing running', async () => {
    const running = startJules(deploy);
    await running.said(/^deploying /);
    running.child.kill('SIGINT');
    const { exitCode, stderr, tookMs } = await running.ended;
    expect(stderr).toContain('run ./jules deploy again: it repairs');
    expect(exitCode).toBe(1);
    expect(tookMs).toBeLessThan(120_000);
    expect(readTargetFile(dataDir)).toMatchObject({ target: 'ministack', state: 'deploying' });
  });

  it('repairs what was cut short', async () => {
    const { exitCode, stderr } = await jules(deploy);
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    expect(await statuses()).toEqual(ALL_MADE);
    expect(readTargetFile(dataDir)).toMatchObject({ target: 'ministack', state: 'deployed' });
  });

  it('changes nothing when everything is as it should be', async () => {
    const plan = await julesJson<{ stacks: { action: string; changes: object[] }[] }>([...deploy, '--plan']);
    expect(plan.stacks.map(({ action, changes }) => [action, changes])).toEqual(STACKS.map(() => ['none', []]));
  });

  it('refuses another region than that of the stacks', async () => {
    const { exitCode, stderr } = await jules([...deploy, '--region', 'eu-west-1']);
    expect(stderr).toContain(`this folder's stacks are on MiniStack (${emulator.endpoint}, us-east-1)`);
    expect(exitCode).toBe(2);
  });

  it('makes a stack again whose creation failed', async () => {
    await formation.send(new DeleteStackCommand({ StackName: MESSAGING }));
    await gone(MESSAGING);
    const Resources = { Broken: { Type: 'AWS::Nobody::Knows', Properties: {} } };
    const broken = { StackName: MESSAGING, TemplateBody: JSON.stringify({ Resources }) };
    // Refused at once or rolled back: either way something half made stands there.
    await formation.send(new CreateStackCommand(broken)).catch(() => undefined);
    const { exitCode } = await jules(deploy);
    expect(exitCode).toBe(0);
    expect(await statuses()).toEqual(ALL_MADE);
  });

  it('makes a stack again that lost a queue', async () => {
    const { QueueUrl } = await queues.send(new GetQueueUrlCommand({ QueueName: 'orders.fifo' }));
    await queues.send(new DeleteQueueCommand({ QueueUrl }));
    const { exitCode, stderr } = await jules(deploy);
    expect(stderr).toContain(`${MESSAGING} lacks `);
    expect(exitCode).toBe(0);
    await queues.send(new GetQueueUrlCommand({ QueueName: 'orders.fifo' }));
  });

  it('names the bucket that is in the way of another bootstrap', async () => {
    await formation.send(new DeleteStackCommand({ StackName: 'CDKToolkit' }));
    await gone('CDKToolkit');
    const { exitCode, stderr } = await jules(deploy);
    expect(stderr).toContain('CDKToolkit is in ROLLBACK_COMPLETE');
    expect(stderr).toContain('bucket cdk-hnb659fds-assets-000000000000-us-east-1');
    expect(exitCode).toBe(1);
  });

  it('leaves nothing after a destroy but the emulator, which was not its own', async () => {
    const { exitCode, stdout, stderr } = await jules(['destroy', '--data', dataDir]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`deleted ${STACKS.toReversed().join(', ')}`);
    expect(stderr).toContain('was not started by deploy: it stays');
    expect(await statuses()).toEqual(STACKS.map(() => undefined));
    expect(readTargetFile(dataDir)).toBeNull();
  });

  async function gone(name: string): Promise<void> {
    const account = openAccount(emulatorPlace(emulator.endpoint, 'us-east-1'));
    while ((await account.stack(name)) !== null) await new Promise((resolve) => setTimeout(resolve, 100));
    account.close();
  }
});
