/**
 * What an operator has to know of rotations: a failure, a deadline of his own that comes near, whatever is overdue.
 *
 * Pure: states of rotations and the time in, sentences out. Command line and page say the same.
 */

import { exchangeTime } from '../calendar/exchange-time.ts';

export interface RotationState {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly lastMs: number | null;
  /** When the next window opens and closes; null without a schedule. */
  readonly nextMs: number | null;
  readonly nextEndMs: number | null;
  /** A step runs at this moment. */
  readonly isRunning: boolean;
  /** The rotation that has begun and not come to its end. `retryMs` null: given up until the next window. */
  readonly pending: {
    readonly versionId: string;
    readonly attempts: number;
    readonly failure: string | null;
    readonly retryMs: number | null;
  } | null;
  /** Of a credential that only the operator can renew. */
  readonly dueMs: number | null;
}

export type RotationStanding = 'off' | 'waiting' | 'under way' | 'failed' | 'overdue';

export interface RotationNotice {
  readonly severity: 'reminder' | 'alarm';
  readonly text: string;
}

const DAY_MS = 86_400_000;
/** Begins early enough for a change at the broker that takes a few working days. */
const REMINDED_MS = 14 * DAY_MS;
/** The rotation itself is sound and waits for the operator, who has a deadline of his own. */
const OPERATORS = new Set(['OPERATOR_PENDING', 'OPERATOR_OVERDUE']);
const RUNBOOK = 'docs/runbooks/secrets.md';

export function standingOf(state: RotationState, nowMs: number): RotationStanding {
  if (!state.isEnabled) return 'off';
  if (isPast(state.dueMs, nowMs)) return 'overdue';
  if (hasFailed(state)) return 'failed';
  if (state.isRunning || state.pending !== null) return 'under way';
  return isPast(state.nextEndMs, nowMs) ? 'overdue' : 'waiting';
}

/** Alarms first. */
export function rotationNotices(states: readonly RotationState[], nowMs: number): RotationNotice[] {
  const notices = states.flatMap((state) => noticeOf(state, nowMs) ?? []);
  return notices.toSorted((a, b) => a.severity.localeCompare(b.severity));
}

function noticeOf(state: RotationState, nowMs: number): RotationNotice | null {
  const { name, dueMs } = state;
  if (isPast(dueMs, nowMs)) {
    return alarm(`rotation overdue: ${name}, its credential was due ${day(dueMs)}; change it now, see ${RUNBOOK}`);
  }
  switch (standingOf(state, nowMs)) {
    case 'failed':
      return alarm(`rotation failed: ${name}, ${state.pending?.failure ?? ''}${again(state)}; see ${RUNBOOK}`);
    case 'overdue':
      return alarm(`rotation overdue: ${name}, its window closed ${day(state.nextEndMs)}; see ${RUNBOOK}`);
    case 'off':
      return null;
    case 'waiting':
    case 'under way':
      if (dueMs === null || dueMs - nowMs > REMINDED_MS) return null;
      return { severity: 'reminder', text: `${name} is due in ${days(dueMs - nowMs)} (${day(dueMs)}); see ${RUNBOOK}` };
  }
}

function hasFailed({ pending }: RotationState): boolean {
  return pending !== null && pending.failure !== null && !OPERATORS.has(pending.failure);
}

function again({ pending, nextMs }: RotationState): string {
  const triedMs = pending?.retryMs ?? nextMs;
  const next = triedMs === null ? 'not tried again automatically' : `tried again ${exchangeTime(triedMs)}`;
  return ` after ${pending?.attempts ?? 0} ${pending?.attempts === 1 ? 'attempt' : 'attempts'}, ${next}`;
}

function alarm(text: string): RotationNotice {
  return { severity: 'alarm', text };
}

function isPast(ms: number | null, nowMs: number): boolean {
  return ms !== null && ms < nowMs;
}

function day(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString().slice(0, 10);
}

function days(ms: number): string {
  const count = Math.ceil(ms / DAY_MS);
  return count === 1 ? '1 day' : `${count} days`;
}
