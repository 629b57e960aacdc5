/**
 * Closes one minute: stores what the broker reported and the message in one transaction, then sends the message.
 */

import { minuteId } from '../../shared/contracts/minute-ids.ts';
import { type JudgedBar, type MinuteData, minuteV2 } from '../../shared/contracts/minute.v2.ts';
import { type ParkedData, parkedV1 } from '../../shared/contracts/parked.v1.ts';
import { runChain } from '../../shared/domain/audit/chain.ts';
import { fillEntry, orderEndEntry } from '../../shared/domain/audit/entries.ts';
import type { BrokerReport, ClosedOrder, Fill } from '../../shared/domain/orders/types.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import { type EpochMs, MINUTE_MS } from '../../shared/domain/units/units.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { OutgoingMessage, Queue } from '../../shared/ports/queue.ts';
import type { LatencyRow, OrderEventRow } from '../../shared/ports/repositories/execution.ts';
import type { ParkedCopy } from '../../shared/ports/repositories/messages.ts';
import type { Database, Repositories } from '../../shared/ports/repositories.ts';
import type { SentLog } from '../../shared/runtime/sent-log.ts';
import { firstEnvelope } from '../../shared/runtime/seal-message.ts';

const REASON_CHARACTERS_MAX = 400;

export interface ClosedMinute {
  readonly session: number;
  readonly minuteIndex: number;
  readonly minutes: number;
  readonly openMs: number;
  readonly bars: readonly JudgedBar[];
  /** Closes of the bars that quality found good. */
  readonly closes: ParkedData['closes'];
  readonly report: BrokerReport;
  /** Wall-clock time at which the minute closed here. */
  readonly closedMs: number;
}

export interface PublisherParts {
  readonly config: RunConfig;
  readonly database: Database;
  readonly queue: Pick<Queue, 'send'>;
  readonly marks: Pick<SentLog, 'add'>;
  readonly logger: Logger;
}

export class MinutePublisher {
  readonly #parts: PublisherParts;
  /** Latency of the minute before, whose end was only known after its commit. */
  #settled: LatencyRow | null = null;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /** Resolves when the minute is stored; a send that fails is left to the sweeper. */
  async publish(minute: ClosedMinute): Promise<void> {
    const message = minuteMessage(this.#parts.config, minute);
    const settled = this.#settled;
    this.#settled = null;
    await this.#parts.database.transaction(async ({ execution, outbox, audit }) => {
      await Promise.all([
        ...this.#reported(minute, message.envelope.id, { execution, audit }),
        execution.markPublished(this.#parts.config.runId, minute.session, minute.minuteIndex),
        outbox.add('gateway', '', [message]),
        ...(settled === null ? [] : [execution.saveLatency(settled)]),
      ]);
    });
    await this.#send(message, 0);
  }

  /** Asks again for a decision that did not come; each time as another attempt. */
  async ask(minute: ClosedMinute, attempt: number): Promise<void> {
    await this.#send(minuteMessage(this.#parts.config, minute), attempt);
  }

  /** Asks for a decision on a minute whose every copy was parked; `last` says where and why. */
  async askWithoutSignal(minute: ClosedMinute, last: ParkedCopy, attempt: number): Promise<void> {
    const message = parkedMessage(this.#parts.config, minute, last);
    await this.#parts.database.transaction(({ outbox }) => outbox.add('gateway', '', [message]));
    await this.#send(message, attempt);
  }

  async #send(message: OutgoingMessage, attempt: number): Promise<void> {
    const { queue, marks, logger } = this.#parts;
    try {
      await queue.send(message, attempt);
      await marks.add([message.envelope.id]);
    } catch (error) {
      logger.warn({ err: error, messageId: message.envelope.id }, 'publishing failed: left to the sweeper');
    }
  }

  keepLatency(latency: LatencyRow): void {
    this.#settled = latency;
  }

  async storeKeptLatency(): Promise<void> {
    const settled = this.#settled;
    if (settled === null) return;
    this.#settled = null;
    await this.#parts.database.transaction(({ execution }) => execution.saveLatency(settled));
  }

  #reported(
    { report, openMs }: ClosedMinute,
    causeId: string,
    { execution, audit }: Pick<Repositories, 'execution' | 'audit'>,
  ): Promise<void>[] {
    const { runId } = this.#parts.config;
    const { fills, closed } = report;
    if (fills.length === 0 && closed.length === 0) return [];
    const lastFills = fillsByOrder(fills);
    const ends = closed.map((order) => orderEndEntry(order, endedAtMs(order, lastFills, openMs)));
    const entries = [...fills.map(fillEntry), ...ends];
    const writes = [
      execution.addOrderEvents(runId, orderEvents(report, openMs)),
      audit.append({ chain: runChain(runId, 'fills'), causeId, entries }),
    ];
    if (fills.length > 0) writes.push(execution.addFills(runId, fills));
    return writes;
  }
}

function minuteMessage(config: RunConfig, minute: ClosedMinute): OutgoingMessage {
  const data: MinuteData = { ...addressAndReport(minute), feed: config.market, bars: [...minute.bars] };
  const id = minuteId('minute', config.runId, minute);
  return { queue: 'minutes', envelope: firstEnvelope(minuteV2, addressOf(config, id, minute), data) };
}

function parkedMessage(
  config: RunConfig,
  minute: ClosedMinute,
  { source, reason, field }: ParkedCopy,
): OutgoingMessage {
  const data: ParkedData = {
    ...addressAndReport(minute),
    parkedIn: source,
    reason: `${reason} in ${field}`.slice(0, REASON_CHARACTERS_MAX),
    closes: [...minute.closes],
  };
  const id = minuteId('parked', config.runId, minute);
  return { queue: 'signals', envelope: firstEnvelope(parkedV1, addressOf(config, id, minute), data) };
}

function addressOf({ runId }: RunConfig, id: string, { openMs, closedMs }: ClosedMinute) {
  return { id, runId, occurredAt: openMs, stamps: { closed: closedMs } };
}

function addressAndReport({ session, minuteIndex, minutes, openMs, report }: ClosedMinute) {
  return { session, minuteIndex, minutes, openMs, fills: [...report.fills], closed: [...report.closed] };
}

/** Of the minute that opens at `openMs`. A fill is an event of its own unless it is the one that filled its order. */
export function orderEvents({ fills, closed }: BrokerReport, openMs: EpochMs): OrderEventRow[] {
  const lastFills = fillsByOrder(fills);
  const ended = closed.map((order): OrderEventRow => {
    const { orderRef, reason } = order;
    const detail = reason === 'FILLED' ? (lastFills.get(orderRef)?.fillId ?? '') : '';
    return { orderRef, event: reason, eventMs: endedAtMs(order, lastFills, openMs), detail };
  });
  const filled = new Set(ended.filter(({ event }) => event === 'FILLED').map(({ detail }) => detail));
  const partial = fills.filter((fill) => !filled.has(fill.fillId));
  return [...partial.map(partialFillEvent), ...ended];
}

function partialFillEvent({ orderRef, eventMs, fillId }: Fill): OrderEventRow {
  return { orderRef, event: 'PARTIALLY_FILLED', eventMs, detail: fillId };
}

/** The last fill of each order in the minute. */
function fillsByOrder(fills: readonly Fill[]): ReadonlyMap<string, Fill> {
  return new Map(fills.map((fill) => [fill.orderRef, fill]));
}

/** An exit supersedes the stop at the open where it fills; what fills ends with its fill, and the rest with its minute. */
function endedAtMs({ orderRef, reason }: ClosedOrder, lastFills: ReadonlyMap<string, Fill>, openMs: EpochMs): EpochMs {
  if (reason === 'SUPERSEDED') return openMs;
  const lastFill = reason === 'FILLED' ? lastFills.get(orderRef) : undefined;
  return lastFill?.eventMs ?? openMs + MINUTE_MS;
}
