/**
 * What the topology sends in a minute of an open market, and who is billed for looking whether something came.
 */

import { type QueueSpec, type Topology, topology } from '../../shared/topology.ts';

const MINUTE_MS = 60_000;

/** Messages per minute of a session, whatever the number of symbols: one message holds them all. */
const PER_MINUTE: Readonly<Record<string, (table: Topology) => number>> = {
  'minute.v1': () => 1,
  'bars-ready.v1': () => 1,
  'signal.v1': () => 1,
  'pulse.v1': ({ pulseIntervalMs }) => MINUTE_MS / pulseIntervalMs,
  // A handful in a month, by hand.
  'command.v1': () => 0,
  'decision.v1': () => 1,
};

/** Processes that poll by themselves; every other consumer is a function, for which AWS polls. */
const RESIDENTS: readonly string[] = ['gateway', 'gpu-runner'];

export interface QueueTraffic {
  readonly queue: string;
  readonly isFunction: boolean;
  readonly messagesPerMinute: number;
}

export function queueTraffic(table: Topology = topology()): QueueTraffic[] {
  return Object.values(table.queues).map((queue: QueueSpec) => ({
    queue: queue.name,
    isFunction: !RESIDENTS.includes(queue.consumer),
    messagesPerMinute: queue.events.reduce((sum, event) => sum + (PER_MINUTE[event]?.(table) ?? 0), 0),
  }));
}

/** Events of the topology whose rate nobody has stated: named in every report, since they would cost nothing here. */
export function eventsNotCounted(table: Topology = topology()): string[] {
  return Object.values(table.queues)
    .flatMap((queue: QueueSpec) => queue.events)
    .filter((event) => PER_MINUTE[event] === undefined);
}
