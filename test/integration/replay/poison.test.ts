/**
 * A replay on the real stack into whose queues damaged copies of some minutes are put, so that the good ones are dropped
 * as their repeats: the run ends, each of these minutes has one decision, QUARANTINED, and the rest trades on.
 */

import { rmSync } from 'node:fs';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backtestWith } from '../../../local/cli/commands/backtest/run.ts';
import { firstDifference } from '../../../local/cli/commands/replay/compare-ledgers.ts';
import type { RunOptions } from '../../../local/cli/options/run-options.ts';
import type { Stack } from '../../../local/stack/stack.ts';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../shared/adapters/sqs/client.ts';
import { deduplicationId } from '../../../shared/adapters/sqs/deduplication.ts';
import { minuteId } from '../../../shared/contracts/minute-ids.ts';
import { type QueueName, topology } from '../../../shared/topology.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { fakeTerminal } from '../../support/stack/fake-terminal.ts';
import { readerPool } from '../../support/database/reader-pool.ts';
import { reachedMinute, replay, runOptions } from '../../support/stack/replays.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = 20_250_103;
const MINUTES = 90;
/**
 * A tenth of a second for a minute: a stack plays its first ones before it is seen to be ready, and the damage has to be in the
 * queues before the first poisoned one, which is six seconds away.
 */
const CLOCK = { kind: 'speed', factor: 600 } as const;
const COPIES = 3;
const RUN_LIMIT_MS = 120_000;

const POISON = [
  { queue: 'minutes', type: 'minute', minuteIndex: 60 },
  { queue: 'bars-ready', type: 'bars-ready', minuteIndex: 70 },
  { queue: 'signals', type: 'signal', minuteIndex: 80 },
] as const;

/** The first copy has the deduplication id of the good one, which the queue then takes for its repeat. */
async function damage(stack: Stack, copies: number): Promise<void> {
  const endpoint = `http://127.0.0.1:${stack.file.ports.queues}`;
  const client = createSqsClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  const { runId } = stack.file.run;
  for (const { queue, type, minuteIndex } of POISON) {
    const id = minuteId(type, runId, { session: SESSION, minuteIndex });
    for (let copy = 0; copy < copies; copy += 1) await put({ client, queue, runId, id, copy });
  }
  client.destroy();
}

async function put(parts: {
  client: ReturnType<typeof createSqsClient>;
  queue: QueueName;
  runId: string;
  id: string;
  copy: number;
}): Promise<void> {
  const { client, queue, runId, id, copy } = parts;
  const { queueName } = topology().queues[queue];
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
  await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: `{"id":"${id}","da`,
      MessageGroupId: runId,
      MessageDeduplicationId: deduplicationId(id, copy),
      MessageAttributes: { id: { DataType: 'String', StringValue: id } },
    }),
  );
}

interface Parked {
  readonly source: string;
  readonly reason: string;
  readonly copies: number;
}

async function look(stack: Stack) {
  const pool = readerPool(stack);
  try {
    const { rows: parked } = await pool.query<Parked>(
      `SELECT source, reason, count(*)::int AS copies FROM quarantine WHERE run_id <> '' GROUP BY 1, 2 ORDER BY 1`,
    );
    const { rows: decided } = await pool.query<{ minute_index: number; symbols: string }>(
      `SELECT minute_index, symbols FROM decisions WHERE cause = 'minute' ORDER BY minute_index`,
    );
    const { rows: events } = await pool.query<{ detail: string }>(
      `SELECT detail FROM risk_events WHERE kind = 'MINUTE_QUARANTINED' ORDER BY event_ms`,
    );
    return { parked, decided, events: events.map(({ detail }) => detail) };
  } finally {
    await pool.end();
  }
}

describe('a replay with damaged messages in its queues', () => {
  let bars = '';
  let options: RunOptions;
  const expected: string[] = [];

  beforeAll(() => {
    bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 7, faultRate: 0.02 });
    options = runOptions({ bars, symbols: SYMBOLS, date: SESSION, minutes: MINUTES, policy: 'random' });
    const context = { terminal: fakeTerminal(), env: {}, exit: () => undefined };
    backtestWith(options, context, (row) => void expected.push(row));
  });
  afterAll(() => rmSync(bars, { recursive: true, force: true }));

  async function play({ copies = COPIES, kills = [] }: { copies?: number; kills?: readonly string[] }) {
    const rows: string[] = [];
    let seen: Awaited<ReturnType<typeof look>> | null = null;
    let killing: Promise<void> = Promise.resolve();
    const run = await replay(options, {
      stage: 'fast-redelivery',
      clock: CLOCK,
      onRow: (row) => void rows.push(row),
      onReady: (stack) => {
        killing = damage(stack, copies).then(() => killAll(stack, kills));
      },
      onFinished: async (stack) => {
        seen = await look(stack);
      },
    });
    await killing;
    return { run, rows, seen: seen! };
  }

  it(
    'ends, with one decision a minute, and names the poisoned ones',
    async () => {
      const { run, rows, seen } = await play({});
      expect(seen.decided).toHaveLength(MINUTES);
      const quarantined = seen.decided.filter(({ symbols }) => symbols.includes('QUARANTINED'));
      expect(quarantined.map(({ minute_index: minute }) => minute)).toEqual([60, 70, 80]);
      expect(run.summary.denials.QUARANTINED).toBe(6);
      expect(seen.parked).toEqual(
        ['bars-ready.fifo', 'minutes.fifo', 'signals.fifo'].map((source) => ({
          source,
          reason: 'malformed-json',
          copies: COPIES,
        })),
      );
      expect(seen.events).toEqual([
        'minute 61: parked in minutes.fifo, malformed-json in body',
        'minute 71: parked in bars-ready.fifo, malformed-json in body',
        'minute 81: parked in signals.fifo, malformed-json in body',
      ]);
      // What `replay --compare` says.
      expect(firstDifference(rows, expected)).toMatchObject({ session: '2025-01-03', minute: 60 });
      const later = rows.filter((row) => row.startsWith('O,') || row.startsWith('F,'));
      expect(later.length).toBeGreaterThan(10);
    },
    RUN_LIMIT_MS,
  );

  it(
    'ends with one decision a minute when gateway and database are killed besides',
    async () => {
      // Not the host: its queues forget with it which message is a repeat, and the good copies would pass.
      const { rows, seen } = await play({ kills: ['gateway', 'postgres', 'gateway'] });
      expect(seen.decided).toHaveLength(MINUTES);
      // A whole copy that comes after the decision is parked too, as late.
      const damaged = seen.parked.filter(({ reason }) => reason === 'malformed-json');
      expect(damaged.map(({ copies }) => copies)).toEqual([COPIES, COPIES, COPIES]);
      // What was killed before it had noted a message as sent sends it once more, and that copy is whole: such a minute is
      // decided as if nothing had been damaged.
      const quarantined = seen.decided.filter(({ symbols }) => symbols.includes('QUARANTINED'));
      const minutes = quarantined.map(({ minute_index: minute }) => minute);
      expect(POISON.map(({ minuteIndex }) => minuteIndex)).toEqual(expect.arrayContaining(minutes));
      // Null where nothing differs, as where no minute went without.
      expect(firstDifference(rows, expected)?.minute ?? null).toBe(minutes[0] ?? null);
    },
    RUN_LIMIT_MS,
  );

  it(
    'gives the ledger of the undisturbed run where a later copy is whole',
    async () => {
      const { rows, seen } = await play({ copies: 1 });
      expect(rows).toEqual(expected);
      expect(seen.parked.map(({ copies }) => copies)).toEqual([1, 1, 1]);
    },
    RUN_LIMIT_MS,
  );
});

/** While a poisoned minute is waited for. */
async function killAll(stack: Stack, victims: readonly string[]): Promise<void> {
  for (const [at, victim] of victims.entries()) {
    await reachedMinute(stack, POISON[at]!.minuteIndex);
    const pid = stack.pids[victim];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
}
