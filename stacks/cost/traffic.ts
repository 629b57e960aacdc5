/**
 * What the topology does in an open market and around the clock: messages, scheduled calls, and what nobody can count.
 */

import { type QueueSpec, type ScheduleSpec, type Topology, topology } from '../../shared/topology.ts';

const MINUTE_MS = 60_000;

/** Messages per minute of a session, whatever the number of symbols: one message holds them all. */
const PER_MINUTE: Readonly<Record<string, (table: Topology) => number>> = {
  'minute.v2': () => 1,
  'bars-ready.v1': () => 1,
  'signal.v1': () => 1,
  'pulse.v1': ({ pulseIntervalMs }) => MINUTE_MS / pulseIntervalMs,
  // In place of a signal, once in a while.
  'parked.v1': () => 0,
  // A handful in a month, by hand.
  'command.v2': () => 0,
  'decision.v2': () => 1,
};

const PER_DAY = { minute: 1_440, hour: 24, day: 1 } as const;
const DAYS_PER_WEEK = 7;

export interface QueueTraffic {
  readonly queue: string;
  readonly consumer: string;
  /** Then AWS polls for it; a resident process polls by itself. */
  readonly isFunction: boolean;
  readonly messagesPerMinute: number;
}

export function queueTraffic(table: Topology = topology()): QueueTraffic[] {
  return Object.values(table.queues).map((queue: QueueSpec) => ({
    queue: queue.name,
    consumer: queue.consumer,
    isFunction: Object.hasOwn(table.functions, queue.consumer),
    messagesPerMinute: queue.events.reduce((sum, event) => sum + (PER_MINUTE[event]?.(table) ?? 0), 0),
  }));
}

/** `rate(2 hours)`, or a time of the day such as `cron(30 7 * * ? *)`, or of a weekday; null for anything else. */
export function runsPerDay({ expression }: Pick<ScheduleSpec, 'expression'>): number | null {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression);
  if (rate !== null) return PER_DAY[rate[2] as keyof typeof PER_DAY] / Number(rate[1]);
  if (/^cron\(\d+ \d+ (\* \* \?|\? \* \*) \*\)$/.test(expression)) return 1;
  return /^cron\(\d+ \d+ \? \* [A-Z]{3} \*\)$/.test(expression) ? 1 / DAYS_PER_WEEK : null;
}

/** What would cost nothing here, since nobody has stated how often it happens: named in every report. */
export function notCounted(table: Topology = topology()): string[] {
  const events = Object.values(table.queues)
    .flatMap((queue: QueueSpec) => queue.events)
    .filter((event) => PER_MINUTE[event] === undefined);
  const schedules = table.schedules.filter((schedule) => runsPerDay(schedule) === null);
  return [
    ...events.map((event) => `messages ${event}`),
    ...schedules.map(({ task, expression }) => `schedule ${task}, ${expression}`),
  ];
}
