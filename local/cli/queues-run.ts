/**
 * Looks into the queues of a running stack and empties its dead letters.
 */

import type { SQSClient } from '@aws-sdk/client-sqs';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../shared/adapters/sqs/client.ts';
import { type QueueName, type QueueSpec, topology, type Topology } from '../../shared/topology.ts';
import * as admin from '../queues/queue-admin.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, EXIT_OK, EXIT_USAGE, messageOf, Problem } from '../supervisor/problem.ts';
import { lastStackFile } from '../supervisor/stack-store.ts';
import type { CliContext } from './context.ts';
import { requireStack } from './page-client.ts';

export interface QueuesOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly max?: number;
}

const BODY_SHOWN_MAX = 160;

interface Queues {
  readonly client: SQSClient;
  readonly table: Topology;
}

export async function queueStatus(options: QueuesOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const depths = await withQueues(options, context, ({ client, table }) => admin.queueStatus(client, table));
  if (options.json) {
    terminal.out(JSON.stringify(depths));
    return EXIT_OK;
  }
  terminal.out(row(['queue', 'waiting', 'in flight', 'dead']));
  for (const depth of depths) {
    terminal.out(row([depth.queue, String(depth.waiting), String(depth.inFlight), String(depth.dead)]));
  }
  return EXIT_OK;
}

export async function peekDeadLetters(queue: QueueName, options: QueuesOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const letters = await onDeadLetters(queue, options, context, (client, spec) =>
    admin.peekDeadLetters(client, spec, options.max ?? 10),
  );
  if (options.json) terminal.out(JSON.stringify(letters));
  else if (letters.length === 0) terminal.out(`no dead letters of ${queue}`);
  else for (const letter of letters) tellLetter(letter, context);
  return EXIT_OK;
}

export async function redrive(queue: QueueName, options: QueuesOptions, context: CliContext): Promise<number> {
  const moved = await onDeadLetters(queue, options, context, (client, spec) => admin.redrive(client, spec));
  if (options.json) context.terminal.out(JSON.stringify({ queue, moved }));
  else context.terminal.out(`${moved} dead letters went back to ${queue}`);
  return EXIT_OK;
}

export async function purge(queue: QueueName, options: QueuesOptions, context: CliContext): Promise<number> {
  if (!options.yes && !(await isAgreed(queue, context))) {
    context.terminal.note('nothing was deleted');
    return EXIT_FAILED;
  }
  const deleted = await onDeadLetters(queue, options, context, (client, spec) => admin.purgeDeadLetters(client, spec));
  if (options.json) context.terminal.out(JSON.stringify({ queue, deleted }));
  else context.terminal.out(`${deleted} dead letters of ${queue} were deleted`);
  return EXIT_OK;
}

async function isAgreed(queue: QueueName, { terminal }: CliContext): Promise<boolean> {
  if (!terminal.canAsk) {
    throw new Problem('purge asks before it deletes, and nobody can answer here', {
      fix: 'run it on a terminal, or add --yes',
      exitCode: EXIT_USAGE,
    });
  }
  const answer = await terminal.ask(`Delete every dead letter of ${queue}? Type yes: `);
  return answer.trim().toLowerCase() === 'yes';
}

function onDeadLetters<Result>(
  queue: QueueName,
  options: QueuesOptions,
  context: CliContext,
  work: (client: SQSClient, spec: QueueSpec) => Promise<Result>,
): Promise<Result> {
  return withQueues(options, context, ({ client, table }) => work(client, table.queues[queue]));
}

async function withQueues<Result>(
  options: QueuesOptions,
  context: CliContext,
  work: (queues: Queues) => Promise<Result>,
): Promise<Result> {
  const { dataDir } = await requireStack(options.data, context);
  const file = lastStackFile(dataDir);
  const endpoint = `http://127.0.0.1:${file?.ports.queues}`;
  const client = createSqsClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  try {
    return await work({ client, table: topology(file?.stage) });
  } catch (cause) {
    throw new Problem(messageOf(cause), {
      fix: './jules status says how the stack is',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  } finally {
    client.destroy();
  }
}

function tellLetter(letter: admin.PeekedMessage, { terminal }: CliContext): void {
  const sent = new Date(letter.sentAtMs).toISOString();
  terminal.out(`${letter.messageId}  run ${letter.groupId}, received ${letter.receiveCount} times, sent ${sent}`);
  terminal.out(`  ${letter.body.slice(0, BODY_SHOWN_MAX)}${letter.body.length > BODY_SHOWN_MAX ? '…' : ''}`);
}

const WIDTHS = [12, 10, 10, 8] as const;

function row(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[0]) : cell.padStart(WIDTHS[at] ?? 8))).join('');
}
