/**
 * Everything that a quantity is computed from: month, traffic, choices, and the assumptions of one case.
 */

import { type FunctionSpec, SECRET_KEYS, topology } from '../../shared/topology.ts';
import type { AssumptionName } from './assumptions.ts';
import type { Month } from './month.ts';
import type { Choices } from './profiles.ts';
import { type QueueTraffic, queueTraffic, runsPerDay } from './traffic.ts';

export interface CostInputs extends Choices {
  readonly month: Month;
  /** Hours of the month in which a runner is up; null: derived from the sessions. */
  readonly runnerHours: number | null;
  /** The value of an assumption; NaN where it is unknown. */
  readonly a: (name: AssumptionName) => number;
}

const KB_PER_REQUEST = 64;
/** A long poll lasts 20 s. */
const POLLS_PER_HOUR = 180;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MB_PER_GB = 1_024;
/** Gateway and runner, with a secret each. */
const RESIDENT_SECRETS = 2;
/** Describe, get, put and stage changes of the four steps, with the reads of whoever tests. */
const CALLS_PER_ROTATION = 12;
const DAYS_PER_WEEK = 7;

const table = topology();
const queues: readonly QueueTraffic[] = queueTraffic(table);
const functionQueues = queues.filter(({ isFunction }) => isFunction);
const functions: readonly FunctionSpec[] = Object.values(table.functions);
const schedules = table.schedules.map((schedule) => ({
  runsPerDay: runsPerDay(schedule) ?? 0,
  spec: table.functions[schedule.function],
}));
/** The page is not a function of the topology yet; it will need what the others have. */
const largestGb = Math.max(...functions.map(memoryGb));

/** Those of the topology, and the one that RDS keeps for its administrator. */
export const SECRETS_COUNT = SECRET_KEYS.length + 1;

/** Age and dead letters of a queue, what its consumer parks, errors and throttles of a function, an overdue schedule. */
export const ALARMS_COUNT = 2 * queues.length + functionQueues.length + 2 * functions.length + schedules.length;

export function inferenceHours({ month, runnerHours, a }: CostInputs): number {
  const hours = runnerHours ?? month.sessionMinutes / 60 + month.sessions * a('runner-warmup-hours');
  return a('runners') * hours;
}

/** Send and receive are billed by 64 KB, delete once; then come the polls that find nothing. */
export function queueRequests(world: CostInputs): number {
  const chunks = Math.ceil((world.a('message-kb') + world.symbols * world.a('message-kb-per-symbol')) / KB_PER_REQUEST);
  return Math.round(messages(world, queues) * (2 * chunks + 1) + emptyPolls(world));
}

export function functionCalls(world: CostInputs): number {
  return Math.round(messages(world, functionQueues) + scheduledCalls(world) + pageCalls(world));
}

export function functionGbSeconds(world: CostInputs): number {
  const { month, symbols, a } = world;
  const seconds = (a('function-ms') + symbols * a('function-ms-per-symbol')) / 1_000;
  const messageGb = functionQueues.reduce((sum, queue) => sum + messages(world, [queue]) * consumerGb(queue), 0);
  const upkeepGb = schedules.reduce((sum, { runsPerDay: runs, spec }) => sum + month.days * runs * memoryGb(spec), 0);
  const pageGb = pageCalls(world) * largestGb;
  const plannedGbSeconds = month.days * a('planned-runs') * a('planned-seconds') * largestGb;
  return (messageGb + upkeepGb + pageGb) * seconds + plannedGbSeconds + initGbSeconds(world);
}

export function scheduledCalls({ month, a }: CostInputs): number {
  const perDay = schedules.reduce((sum, { runsPerDay: runs }) => sum + runs, 0);
  return Math.round(month.days * (perDay + a('planned-runs')));
}

/** Each cold start, each time that a cached secret is old while somebody needs it, and a rotation of each a week. */
export function secretCalls(world: CostInputs): number {
  const { month, a } = world;
  const rotations = (month.days / DAYS_PER_WEEK) * SECRETS_COUNT * CALLS_PER_ROTATION;
  return Math.round(coldReads(world) + a('secret-refresh') * expiries(month) + rotations);
}

export function keyCalls(world: CostInputs): number {
  return Math.round(queues.length * world.month.hours * world.a('kms-calls-per-queue-hour') + secretCalls(world));
}

export function logGb(world: CostInputs): number {
  const { month, a } = world;
  return (functionCalls(world) * a('log-kb')) / 1e6 + (month.hours * a('resident-log-mb')) / 1e3;
}

export function databaseGb({ symbols, multiAz, a }: CostInputs): number {
  return (multiAz ? 2 : 1) * (a('database-gb') + symbols * a('database-gb-per-symbol'));
}

function messages({ month, a }: CostInputs, among: readonly QueueTraffic[]): number {
  const perMinute = among.reduce((sum, queue) => sum + queue.messagesPerMinute, 0);
  return perMinute * month.sessionMinutes * a('retry-factor');
}

function emptyPolls({ month, a }: CostInputs): number {
  const pollers = functionQueues.length * a('pollers-per-queue') + (queues.length - functionQueues.length);
  return pollers * POLLS_PER_HOUR * month.hours;
}

function pageCalls({ month, a }: CostInputs): number {
  return month.sessionMinutes * a('page-viewers') * a('page-polls');
}

function initGbSeconds({ month, a }: CostInputs): number {
  const gb = functions.reduce((sum, spec) => sum + memoryGb(spec), 0);
  return (month.days * a('cold-starts') * gb * a('init-ms')) / 1_000;
}

function coldReads({ month, a }: CostInputs): number {
  const reads = functions.reduce((sum, spec) => sum + spec.reads.length, 0);
  return month.days * a('cold-starts') * reads;
}

/** Consumers read while the market is open, residents always, a scheduled function at each run. */
function expiries(month: Month): number {
  const { secretCacheMs } = table;
  const consumers = functionQueues.reduce((sum, { consumer }) => sum + specOf(consumer).reads.length, 0);
  const scheduled = schedules.reduce((sum, { runsPerDay: runs, spec }) => sum + runs * spec.reads.length, 0);
  const inSessions = (consumers * month.sessionMinutes * MINUTE_MS) / secretCacheMs;
  return inSessions + (RESIDENT_SECRETS * month.hours * HOUR_MS) / secretCacheMs + scheduled * month.days;
}

function consumerGb({ consumer }: QueueTraffic): number {
  return memoryGb(specOf(consumer));
}

function specOf(name: string): FunctionSpec {
  return functions.find((spec) => spec.name === name)!;
}

function memoryGb({ memoryMb }: FunctionSpec): number {
  return memoryMb / MB_PER_GB;
}
