/**
 * Everything that a quantity is computed from: month, traffic, choices, and the assumptions of one case.
 */

import { SECRET_KEYS } from '../../shared/topology.ts';
import type { AssumptionName } from './assumptions.ts';
import type { Month } from './month.ts';
import type { Choices } from './profiles.ts';
import { type QueueTraffic, queueTraffic } from './traffic.ts';

export interface World extends Choices {
  readonly month: Month;
  /** Hours of the month in which a runner is up; null: derived from the sessions. */
  readonly runnerHours: number | null;
  /** The value of an assumption; NaN where nobody knows. */
  readonly a: (name: AssumptionName) => number;
}

const KB_PER_REQUEST = 64;
/** A long poll lasts 20 s. */
const POLLS_PER_HOUR = 180;
const RESIDENT_PROCESSES = 2;
/** Describe, get, put and stage changes of the four steps, with the reads of whoever tests. */
const CALLS_PER_ROTATION = 12;
const DAYS_PER_WEEK = 7;

export const SECRETS_COUNT = SECRET_KEYS.length;

export const queues: readonly QueueTraffic[] = queueTraffic();
const functionQueues = queues.filter(({ isFunction }) => isFunction);

/** Ingest, signal and risk, then report and rotation. */
const FUNCTIONS_COUNT = functionQueues.length + 2;

export function inferenceHours({ month, runnerHours, a }: World): number {
  const hours = runnerHours ?? month.sessionMinutes / 60 + month.sessions * a('runner-warmup-hours');
  return a('runners') * hours;
}

/** Send and receive are billed by 64 KB, delete once; then come the polls that find nothing. */
export function queueRequests(world: World): number {
  const chunks = Math.ceil((world.a('message-kb') + world.symbols * world.a('message-kb-per-symbol')) / KB_PER_REQUEST);
  return Math.round(messages(world, queues) * (2 * chunks + 1) + emptyPolls(world));
}

export function functionCalls(world: World): number {
  return Math.round(messages(world, functionQueues) + scheduledCalls(world) + pageCalls(world));
}

export function functionGbSeconds(world: World): number {
  const { month, symbols, a } = world;
  const short = messages(world, functionQueues) + sweeps(world) + pageCalls(world);
  const ms = short * (a('function-ms') + symbols * a('function-ms-per-symbol'));
  const initMs = coldStarts(world) * a('init-ms');
  return a('function-memory-gb') * ((ms + initMs) / 1_000 + month.days * a('schedule-runs') * a('schedule-seconds'));
}

export function scheduledCalls(world: World): number {
  return Math.round(world.month.days * world.a('schedule-runs') + sweeps(world));
}

/** One read of two secrets at each cold start, the refresh of resident processes, and a rotation of each a week. */
export function secretCalls(world: World): number {
  const { month, a } = world;
  const rotations = (month.days / DAYS_PER_WEEK) * SECRETS_COUNT * CALLS_PER_ROTATION;
  return Math.round(2 * coldStarts(world) + RESIDENT_PROCESSES * month.hours * a('secret-reads') + rotations);
}

export function keyCalls(world: World): number {
  return Math.round(queues.length * world.month.hours * world.a('kms-calls-per-queue-hour') + secretCalls(world));
}

export function logGb(world: World): number {
  const { month, a } = world;
  return (functionCalls(world) * a('log-kb')) / 1e6 + (month.hours * a('resident-log-mb')) / 1e3;
}

export function databaseGb({ symbols, multiAz, a }: World): number {
  return (multiAz ? 2 : 1) * (a('database-gb') + symbols * a('database-gb-per-symbol'));
}

function messages({ month, a }: World, among: readonly QueueTraffic[]): number {
  const perMinute = among.reduce((sum, queue) => sum + queue.messagesPerMinute, 0);
  return perMinute * month.sessionMinutes * a('retry-factor');
}

function emptyPolls({ month, a }: World): number {
  const pollers = functionQueues.length * a('pollers-per-queue') + (queues.length - functionQueues.length);
  return pollers * POLLS_PER_HOUR * month.hours;
}

function sweeps({ month, a }: World): number {
  return month.hours * 60 * a('sweeps-per-minute');
}

function pageCalls({ month, a }: World): number {
  return month.sessionMinutes * a('page-viewers') * a('page-polls');
}

function coldStarts({ month, a }: World): number {
  return FUNCTIONS_COUNT * month.days * a('cold-starts');
}
