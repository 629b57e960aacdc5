/**
 * Looks into the queues of a running stack and empties its dead letters.
 */

import type { SQSClient } from '@aws-sdk/client-sqs';
import type { QueueName, QueueSpec } from '../../../../shared/topology.ts';
import * as admin from './queue-admin.ts';
import { counted } from '../../../../shared/read-models/format.ts';
import { EXIT_FAILED, EXIT_OK, messageOf } from '../../../problem.ts';
import { confirm, requireInteractive } from '../../shell/agreement.ts';
import type { CliContext } from '../../context.ts';
import { type Queues, type QueuesOf, withQuarantine, withQueues } from './access.ts';
import { letterLines, withShownBody } from './table.ts';

export interface QueuesOptions extends QueuesOf {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly full?: boolean;
  readonly max?: number;
}

export async function queueStatus(options: QueuesOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const rows = await withQueues(options, context, async ({ client, table, target }) => {
    const depths = await admin.queueStatus(client, table);
    const parked = await parkedByQueue(options, context, { table, target });
    return depths.map((depth) => ({ ...depth, parked: parked?.get(depth.queue) ?? (parked === null ? null : 0) }));
  });
  if (options.json) {
    terminal.out(JSON.stringify(rows));
    return EXIT_OK;
  }
  terminal.out(cells(['queue', 'waiting', 'in flight', 'dead', 'parked']));
  for (const { queue, waiting, inFlight, dead, parked } of rows) {
    terminal.out(cells([queue, waiting, inFlight, dead, parked ?? '?']));
  }
  return EXIT_OK;
}

/** Messages in quarantine that wait to be sent again; null for a target, and while the database does not answer. */
async function parkedByQueue(
  options: QueuesOptions,
  context: CliContext,
  { table, target }: Pick<Queues, 'table' | 'target'>,
): Promise<Map<QueueName, number> | null> {
  if (target !== null) {
    const where = target === 'aws' ? 'the database of its account' : 'the database of a replay on it';
    context.terminal.note(`note: what is parked is in ${where}, which is not asked`);
    return null;
  }
  try {
    const waiting = await withQuarantine(options.data, context, (ask) => ask((quarantine) => quarantine.waiting()));
    const queues = Object.values(table.queues);
    return new Map(
      waiting.flatMap(({ source, count }) => {
        const spec = queues.find(({ queueName }) => queueName === source);
        return spec === undefined ? [] : [[spec.name, count] as const];
      }),
    );
  } catch (error) {
    context.terminal.note(`warning: what is parked is not known: ${messageOf(error)}`);
    return null;
  }
}

export async function peekDeadLetters(queue: QueueName, options: QueuesOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const { max = 10, full = false } = options;
  const letters = await onDeadLetters(queue, options, context, (client, spec) =>
    admin.peekDeadLetters(client, spec, max),
  );
  if (options.json) terminal.out(JSON.stringify(letters.map((letter) => withShownBody(letter, full))));
  else if (letters.length === 0) terminal.out(`no dead letters of ${queue}`);
  else for (const line of letters.flatMap((letter) => letterLines(letter, full))) terminal.out(line);
  return EXIT_OK;
}

export async function redrive(queue: QueueName, options: QueuesOptions, context: CliContext): Promise<number> {
  const { moved, left } = await onDeadLetters(queue, options, context, async (client, spec) => ({
    moved: await admin.redrive(client, spec),
    left: await admin.deadLetters(client, spec),
  }));
  const { terminal } = context;
  if (options.json) terminal.out(JSON.stringify({ queue, moved, left }));
  else terminal.out(`${deadLetters(moved)} went back to ${queue}`);
  if (left > 0)
    terminal.note(`${deadLetters(left)} of ${queue} are in hand elsewhere or failed again: look again in a minute`);
  return EXIT_OK;
}

export async function purge(queue: QueueName, options: QueuesOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const found = await onDeadLetters(queue, options, context, async (client, spec) => ({
    count: await admin.deadLetters(client, spec),
    runs: [...new Set((await admin.peekDeadLetters(client, spec, 10)).map(({ groupId }) => groupId))],
    name: spec.deadLetterName,
  }));
  const what = `${deadLetters(found.count)} of ${queue} (${found.name}${found.runs.length > 0 ? `, run ${found.runs.join(', ')}` : ''})`;
  if (found.count > 0 && !options.yes && !(await isAgreed(what, context))) {
    terminal.note('nothing was deleted');
    return EXIT_FAILED;
  }
  const deleted =
    found.count === 0
      ? 0
      : await onDeadLetters(queue, options, context, (client, spec) => admin.purgeDeadLetters(client, spec));
  if (options.json) terminal.out(JSON.stringify({ queue, deadLetterQueue: found.name, runs: found.runs, deleted }));
  else terminal.out(deleted === 0 ? `no dead letters of ${queue}: nothing to delete` : `deleted: ${what}`);
  return EXIT_OK;
}

async function isAgreed(what: string, { terminal }: CliContext): Promise<boolean> {
  requireInteractive(`purge asks before it deletes ${what}`, terminal);
  return confirm(`Delete ${what}? They cannot be brought back.`, terminal);
}

function onDeadLetters<Result>(
  queue: QueueName,
  options: QueuesOptions,
  context: CliContext,
  work: (client: SQSClient, spec: QueueSpec) => Promise<Result>,
): Promise<Result> {
  return withQueues(options, context, ({ client, table }) => work(client, table.queues[queue]));
}

function deadLetters(letters: number): string {
  return counted(letters, 'dead letter');
}

const WIDTHS = [12, 10, 11, 8, 8] as const;

function cells(values: readonly (string | number)[]): string {
  return values
    .map((value, at) => (at === 0 ? String(value).padEnd(WIDTHS[0]) : String(value).padStart(WIDTHS[at] ?? 8)))
    .join('');
}
