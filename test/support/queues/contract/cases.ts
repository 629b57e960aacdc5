/**
 * Every case of the queue contract, by topic.
 */

import { DEAD_LETTER_CASES, POISON_CASES, REDRIVE_CASES } from './dead-letters.ts';
import { DEDUPLICATION_CASES } from './deduplication.ts';
import { ATTRIBUTE_CASES, LONG_POLL_CASES } from './delivery.ts';
import { LIMIT_CASES } from './limits.ts';
import { ORDER_CASES, PARTIAL_FAILURE_CASES } from './order.ts';
import type { CaseName, QueueCase } from './subject.ts';
import { RESTART_CASES, UPKEEP_CASES } from './upkeep.ts';
import { VISIBILITY_CASES } from './visibility.ts';

/** Each on queues of its own, so they may run beside each other. */
export const QUEUE_CASES: readonly QueueCase[] = [
  ...ORDER_CASES,
  ...VISIBILITY_CASES,
  ...PARTIAL_FAILURE_CASES,
  ...POISON_CASES,
  ...DEAD_LETTER_CASES,
  ...REDRIVE_CASES,
  ...DEDUPLICATION_CASES,
  ...ATTRIBUTE_CASES,
  ...LONG_POLL_CASES,
  ...LIMIT_CASES,
  ...UPKEEP_CASES,
];

export const ALL_CASES: readonly CaseName[] = [...QUEUE_CASES, ...RESTART_CASES];
