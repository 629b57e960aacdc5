/**
 * Decisions on their way in: each is recorded with its orders in one transaction, then handed to whoever waits for it.
 *
 * Queues outlive a run: a decision that the previous run left in them is recorded under that run and handed to nobody,
 * since sessions and minutes of two runs have the same names.
 */

import { type DecisionData, decisionV2 } from '../../shared/contracts/decision.v2.ts';
import type { Envelope, Stamps } from '../../shared/contracts/envelope.ts';
import { runChain } from '../../shared/domain/audit/chain.ts';
import { orderEntry } from '../../shared/domain/audit/entries.ts';
import type { Instructions } from '../../shared/ports/broker.ts';
import { type HandlerContext, route, type Route } from '../../shared/ports/handler.ts';
import type { LatencyRow } from '../../shared/ports/repositories/execution.ts';

export interface TakenMinute {
  readonly instructions: Instructions;
  /** null: only the record of the decision is known, not how its message came. */
  readonly latency: LatencyRow | null;
}

export class DecisionInbox {
  readonly #runId: string;
  readonly #taken = new Map<string, TakenMinute>();
  readonly #waiting = new Map<string, PromiseWithResolvers<TakenMinute>>();

  /** Of the run whose minutes are waited for. */
  constructor(runId: string) {
    this.#runId = runId;
  }

  /** The route that the gateway's queue is polled with. */
  routes(): readonly Route[] {
    return [route(decisionV2, (message, context) => this.#take(message, context))];
  }

  /** Resolves when the decision of the minute is recorded; null when the signal aborts first. */
  async wait(session: number, minuteIndex: number, signal: AbortSignal): Promise<TakenMinute | null> {
    const key = keyOf(session, minuteIndex);
    const known = this.#taken.get(key);
    if (known !== undefined) {
      this.#taken.delete(key);
      return known;
    }
    const waiting = this.#waiting.get(key) ?? Promise.withResolvers<TakenMinute>();
    this.#waiting.set(key, waiting);
    const aborted = Promise.withResolvers<null>();
    const onAbort = (): void => aborted.resolve(null);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([waiting.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #take(message: Envelope<DecisionData>, context: HandlerContext): Promise<[]> {
    const { runId, data } = message;
    const { session, minuteIndex } = data;
    const { execution, audit } = context.repositories;
    const accepted = data.orders.map((order) => ({
      orderRef: order.orderRef,
      event: 'ACCEPTED' as const,
      eventMs: order.eventMs,
      detail: '',
    }));
    const writes = [execution.markDecided(runId, session, minuteIndex)];
    if (accepted.length > 0) {
      const entries = data.orders.map(orderEntry);
      writes.push(
        execution.addOrderEvents(runId, accepted),
        audit.append({ chain: runChain(runId, 'orders'), causeId: message.id, entries }),
      );
    }
    const latency = latencyOf(message, context.clock.nowMs());
    writes.push(execution.saveLatency(latency));
    await Promise.all(writes);
    if (runId === this.#runId) {
      context.afterCommit(() => this.#hand(keyOf(session, minuteIndex), { instructions: data, latency }));
    } else {
      context.logger.info({ otherRun: runId, session, minuteIndex }, 'a decision of another run: recorded, not worked');
    }
    return [];
  }

  #hand(key: string, minute: TakenMinute): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      this.#taken.set(key, minute);
      return;
    }
    this.#waiting.delete(key);
    waiting.resolve(minute);
  }
}

function keyOf(session: number, minuteIndex: number): string {
  return `${session}/${minuteIndex}`;
}

function latencyOf(message: Envelope<DecisionData>, recordedMs: number): LatencyRow {
  const { runId, stamps, data } = message;
  const { session, minuteIndex } = data;
  const at = (stage: string): number => stampOf(stamps, stage, recordedMs);
  return {
    runId,
    session,
    minuteIndex,
    closedMs: at('closed'),
    ingestMs: at('ingest'),
    signalMs: at('signal'),
    riskMs: at('risk'),
    recordedMs,
  };
}

function stampOf(stamps: Stamps, stage: string, otherwiseMs: number): number {
  return stamps[stage] ?? otherwiseMs;
}
