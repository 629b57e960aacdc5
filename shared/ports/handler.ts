/**
 * What a handler is: one parsed message in, drafts of messages out, inside one transaction.
 */

import type { Envelope, EventContract } from '../contracts/envelope.ts';
import type { QueueName } from '../topology.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Repositories } from './repositories.ts';

/** A message before the wrapper adds run, trace and stamps. Its id derives from content. */
export interface MessageDraft<Data = unknown> {
  readonly queue: QueueName;
  readonly contract: EventContract<Data>;
  readonly id: string;
  readonly occurredAt: number;
  readonly data: Data;
}

export interface HandlerContext {
  readonly repositories: Repositories;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs after the commit: the only place where a memory cache may move on. */
  afterCommit(effect: () => void): void;
}

export type Handle<Data> = (message: Envelope<Data>, context: HandlerContext) => Promise<readonly MessageDraft[]>;

/** What is wrong with a message that no repetition can make right. */
export interface Refusal {
  readonly reason: string;
  readonly field: string;
  readonly value: string;
  readonly fix: string;
}

/**
 * A handler's word that a message is permanently bad: it contradicts what is on record and never changes. The wrapper
 * parks it in quarantine at once. Whatever else a handler throws may pass by itself, so it is tried again.
 */
export class RefusedMessageError extends Error {
  override readonly name = 'RefusedMessageError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.reason}: ${refusal.field} is ${refusal.value}. ${refusal.fix}`);
    this.refusal = refusal;
  }
}

/** One event a handler takes. Build it with `route`, which ties the schema to the function. */
export interface Route {
  readonly contract: EventContract<unknown>;
  readonly handle: Handle<unknown>;
  /** Every message has an answer, so one that was handled and has none any more is of a session that is closed. */
  readonly alwaysAnswers: boolean;
}

export function route<Data>(
  contract: EventContract<Data>,
  handle: Handle<Data>,
  { alwaysAnswers = false }: Partial<Pick<Route, 'alwaysAnswers'>> = {},
): Route {
  return { contract, handle: handle as Handle<unknown>, alwaysAnswers };
}
