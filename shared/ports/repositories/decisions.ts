/**
 * Decisions of minutes, with what they were made on, and what risk noticed or was commanded.
 *
 * Written by risk: decisions, orders, risk_events.
 */

import type { StoredSignal } from '../../contracts/stored-signal.ts';
import type { CommandOutcome } from '../../domain/risk/command-outcome.ts';
import type { Decision } from '../../domain/risk/types.ts';

export interface DecisionRecord {
  readonly runId: string;
  readonly cause: 'minute' | 'pulse' | 'command';
  readonly decision: Decision;
  /** What it was decided on, for `jules why`; null for pulses, commands, and a minute in quarantine. */
  readonly signal: StoredSignal | null;
}

/** The address of a minute within its run. */
export interface MinuteOfRun {
  readonly session: number;
  readonly minuteIndex: number;
}

/** What risk noticed or was commanded. */
export interface RiskEventRow {
  readonly runId: string;
  /** Event time, also of a command: its message id has the time of the wall clock. */
  readonly eventMs: number;
  readonly kind: string;
  readonly detail: string;
  /** Of a command, with the id of its message: what came of it. */
  readonly outcome: RecordedOutcome | null;
}

export interface RecordedOutcome extends CommandOutcome {
  readonly messageId: string;
}

export interface DecisionRepository {
  /** Writes the decision and its orders. */
  add(record: DecisionRecord): Promise<void>;
  riskEvent(event: RiskEventRow): Promise<void>;
  /** What a minute was decided on; null where it is not decided, or was without a signal. */
  signalOf(runId: string, at: MinuteOfRun): Promise<StoredSignal | null>;
  /** Minutes decided without their signal, because it was in quarantine, from this session on. */
  quarantined(runId: string, fromSession: number): Promise<readonly MinuteOfRun[]>;
}
