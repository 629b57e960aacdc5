/**
 * `jules queues` on a real stack: what is dead or parked is counted, shown without being taken, sent back and dropped.
 */

import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../local/cli/program.ts';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../shared/adapters/sqs/client.ts';
import { readStackFile } from '../../shared/runtime/stack-file.ts';
import { topology } from '../../shared/topology.ts';
import { fakeTerminal } from '../support/stack/fake-terminal.ts';
import { command } from '../support/trading/messages.ts';
import { type LiveStack, startLiveStack } from './live-stack.ts';

const RUN = 'queues-drill';
const { signals } = topology().queues;

let stack: LiveStack;
let client: SQSClient;

beforeAll(async () => {
  stack = await startLiveStack({ speed: 1, until: 'ready' });
  const endpoint = `http://127.0.0.1:${readStackFile(stack.dataDir).ports.queues}`;
  client = createSqsClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
}, 60_000);
afterAll(async () => {
  client.destroy();
  await stack.stop();
}, 60_000);

let drills = 0;
beforeEach(() => {
  drills += 1;
});

async function put(queueName: string, body: string, copy = 0): Promise<void> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
  const id = `drill-${drills}-${copy}`;
  await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: body,
      MessageGroupId: RUN,
      MessageDeduplicationId: id,
      MessageAttributes: { id: { DataType: 'String', StringValue: id } },
    }),
  );
}

interface Said {
  readonly code: number;
  readonly out: readonly string[];
  readonly notes: string;
}

async function jules(args: readonly string[], answer: string | null = null): Promise<Said> {
  const terminal = fakeTerminal(answer);
  const code = await runCli(['queues', ...args, '--data', stack.dataDir], { terminal, env: {} });
  return { code, out: terminal.data, notes: terminal.notes.join('\n') };
}

async function json<Value>(...args: string[]): Promise<Value> {
  const { code, out } = await jules([...args, '--json']);
  expect(code).toBe(0);
  return JSON.parse(out[0]!) as Value;
}

interface Row {
  readonly queue: string;
  readonly dead: number;
  readonly parked: number;
}

interface Parked {
  readonly id: number;
  readonly reason: string;
  readonly body: string;
  readonly message?: { readonly messageId: string };
  readonly redrivenAtMs: number | null;
}

const countOf = async (what: 'dead' | 'parked') =>
  (await json<Row[]>('status')).find(({ queue }) => queue === 'signals')![what];
const parkedNow = async () =>
  (await json<Parked[]>('peek', 'quarantine')).filter(({ message }) => message?.messageId === `drill-${drills}-0`);

describe('dead letters', () => {
  it('are counted, and shown without being taken, cut to a line', async () => {
    await put(signals.deadLetterName, `{"text":"${'x'.repeat(400)}"}`);
    expect(await countOf('dead')).toBe(1);
    for (let looks = 0; looks < 3; looks += 1) {
      const { code, out } = await jules(['peek', 'signals']);
      expect(code).toBe(0);
      expect(out.join('\n')).toContain(`run ${RUN}`);
      expect(out.every((line) => line.length < 200)).toBe(true);
    }
    const { out } = await jules(['peek', 'signals', '--full']);
    expect(out.join('\n')).toContain('x'.repeat(400));
    expect(await countOf('dead')).toBe(1);
  });

  it('are deleted by a purge that names them, once somebody has agreed', async () => {
    const refused = await jules(['purge', 'signals']);
    expect([refused.code, refused.notes]).toEqual([
      2,
      expect.stringContaining(`1 dead letter of signals (signals-dlq.fifo, run ${RUN})`),
    ]);
    const declined = await jules(['purge', 'signals'], 'no');
    expect([declined.code, declined.notes]).toEqual([1, 'nothing was deleted']);
    expect(await countOf('dead')).toBe(1);
    const agreed = await jules(['purge', 'signals'], 'yes');
    expect([agreed.code, agreed.out]).toEqual([
      0,
      [`deleted: 1 dead letter of signals (signals-dlq.fifo, run ${RUN})`],
    ]);
    expect(await countOf('dead')).toBe(0);
    expect((await jules(['purge', 'signals'])).out).toEqual(['no dead letters of signals: nothing to delete']);
  });

  it('go back to their queue, where this one is parked for what it is', async () => {
    await put(signals.deadLetterName, 'no message at all');
    expect((await jules(['redrive', 'signals'])).out).toEqual(['1 dead letter went back to signals']);
    await vi.waitFor(async () => expect(await parkedNow()).toHaveLength(1), { timeout: 10_000 });
    expect(await countOf('dead')).toBe(0);
  });
});

describe('the quarantine', () => {
  it('is counted and shown with reason and fix, and sends a message back once, or by its number', async () => {
    const before = await countOf('parked');
    await put(signals.queueName, JSON.stringify({ ...command(), version: 7 }));
    await vi.waitFor(async () => expect(await parkedNow()).toHaveLength(1), { timeout: 10_000 });
    const [row] = await parkedNow();
    expect(row).toMatchObject({ reason: 'unknown-version', redrivenAtMs: null });
    expect(await countOf('parked')).toBe(before + 1);
    const { out } = await jules(['peek', 'quarantine', '--id', String(row!.id)]);
    expect(out[1]).toContain('unknown-version: version is 7. Send command in a version this release knows (2)');

    const sent = await jules(['redrive', 'quarantine', '--id', String(row!.id)]);
    expect([sent.code, sent.out]).toEqual([0, ['1 parked message went back to its queue']]);
    // Nothing was fixed, so it is parked again; the first row says that it was sent again.
    await vi.waitFor(async () => expect(await parkedNow()).toHaveLength(2), { timeout: 10_000 });
    expect((await parkedNow()).find(({ id }) => id === row!.id)?.redrivenAtMs).toEqual(expect.any(Number));
  });

  it.each([
    { args: ['peek', 'quarantine', '--id', '999999'], says: 'the quarantine holds no #999999' },
    { args: ['redrive', 'quarantine', '--id', '999999'], says: 'the quarantine holds no #999999' },
    { args: ['redrive', 'signals', '--id', '1'], says: 'names rows of the quarantine' },
    { args: ['purge', 'quarantine', '--yes'], says: 'give one of: minutes, bars-ready, signals, orders' },
    { args: ['peek', 'letters'], says: 'give one of: minutes, bars-ready, signals, orders, quarantine' },
  ])('refuses what cannot be meant: $args', async ({ args, says }) => {
    const { code, notes } = await jules(args);
    expect([code, notes]).toEqual([2, expect.stringContaining(says)]);
  });
});
