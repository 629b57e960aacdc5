/**
 * What became of orders: fills, events, latency, how far a session has come.
 *
 * Written by the gateway: fills, order_events, minute_latency.
 */

import type { Fill, Order } from '../../domain/orders/types.ts';
import type { MinuteOfRun } from './decisions.ts';

export interface OrderEventRow {
  readonly orderRef: string;
  readonly event:
    | 'ACCEPTED'
    | 'FILLED'
    | 'PARTIALLY_FILLED'
    | 'EXPIRED'
    | 'CANCELLED'
    | 'REJECTED'
    | 'SUPERSEDED'
    | 'SESSION_END';
  readonly eventMs: number;
  readonly detail: string;
}

export interface LatencyRow {
  readonly runId: string;
  readonly session: number;
  readonly minuteIndex: number;
  /** Wall-clock milliseconds, fractional: the minute closed, each stage committed, the order was recorded. */
  readonly closedMs: number;
  readonly ingestMs: number;
  readonly signalMs: number;
  readonly riskMs: number;
  readonly recordedMs: number;
}

/** The sum of the fills of one symbol. */
export interface HeldRow {
  readonly symbol: string;
  readonly quantity: number;
  /** What they brought in, less what they cost, fees included. */
  readonly cashE4: number;
}

/** A decision whose orders the gateway has taken, as a broker is given it again after a restart. */
export interface TakenDecision {
  readonly minuteIndex: number;
  readonly orders: readonly Order[];
  readonly cancels: readonly string[];
}

export interface ExecutionRepository {
  addFills(runId: string, fills: readonly Fill[]): Promise<void>;
  addOrderEvents(runId: string, rows: readonly OrderEventRow[]): Promise<void>;
  /** Overwrites what was stored for the minute. */
  saveLatency(row: LatencyRow): Promise<void>;
  /** Fills of a session in ledger order. */
  fills(runId: string, session: number): Promise<readonly Fill[]>;
  /** What became of a session's orders after they were taken. */
  orderEvents(runId: string, session: number): Promise<readonly OrderEventRow[]>;
  /** What the fills of a run up to this minute amount to, by symbol. */
  held(runId: string, upTo: MinuteOfRun): Promise<readonly HeldRow[]>;
  /** Notes on the session's row that a minute left, or that its decision was taken. */
  markPublished(runId: string, session: number, minuteIndex: number): Promise<void>;
  markDecided(runId: string, session: number, minuteIndex: number): Promise<void>;
  /** The last minute published, and the last whose decision was taken; -1 before the first. */
  progress(runId: string, session: number): Promise<{ publishedMinute: number; decidedMinute: number }>;
  /** Decisions up to the last one taken that hold an order or a cancel, by minute. */
  takenDecisions(runId: string, session: number): Promise<readonly TakenDecision[]>;
}
