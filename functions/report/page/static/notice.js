/**
 * What the page has to say above everything else: stale first, then errors, then the trading state, then the phase.
 */

import { duration } from './format.js';

/**
 * @typedef {import('../../read-models/page-state.ts').PageState} PageState
 * @typedef {{ kind: 'stale' | 'error' | 'halted' | 'reducing' | 'starting' | 'done' | 'past', title: string, text: string }} Notice
 * @typedef {{ connectedOnce: boolean, lostForMs: number | null }} Connection `lostForMs` null: the stream is open.
 */

const MISSED_MINUTES = 3;
const LOST_AFTER_MS = 3_000;

/** @type {Record<string, string>} */
const CAUSES = {
  DAILY_LOSS: 'the daily loss limit was reached',
  DRAWDOWN: 'the drawdown limit was reached',
  OPERATOR: 'an operator ordered it',
  FEED_DEAD: 'the market feed is dead',
  BACKUP_FEED: 'the backup feed is in use',
  RUNNER_DEAD: 'the policy runner does not answer',
  AUDIT_FAILED: 'the audit chain does not verify',
};

/**
 * @param {PageState | null} state
 * @param {Connection} connection
 * @param {number} serverNowMs
 * @returns {Notice | null}
 */
export function noticeOf(state, connection, serverNowMs) {
  return (
    lostNotice(state, connection) ??
    (state === null ? { kind: 'starting', title: 'Starting', text: 'Asking the stack for its state.' } : null) ??
    (state === null
      ? null
      : (errorNotice(state) ??
        staleNotice(state, serverNowMs) ??
        pastNotice(state) ??
        tradingNotice(state) ??
        phaseNotice(state)))
  );
}

/** True when the numbers on the page may no longer be those of the market. @param {Notice | null} notice */
export function isStale(notice) {
  return notice?.kind === 'stale';
}

/** @param {PageState | null} state @param {Connection} connection @returns {Notice | null} */
function lostNotice(state, { connectedOnce, lostForMs }) {
  if (lostForMs === null || lostForMs < LOST_AFTER_MS) return null;
  if (state !== null && state.session !== null && !state.session.live) return null;
  const age = duration(lostForMs);
  if (!connectedOnce)
    return {
      kind: 'error',
      title: 'No connection',
      text: `The stack has not answered for ${age}. The page keeps trying.`,
    };
  return {
    kind: 'stale',
    title: 'STALE',
    text: `Connection to the stack lost ${age} ago. Shown is ${where(state)}. The page keeps trying.`,
  };
}

/** @param {PageState} state @returns {Notice | null} */
function errorNotice({ stack }) {
  return stack.phase === 'error' ? { kind: 'error', title: 'Error', text: stack.message } : null;
}

/** @param {PageState} state @param {number} serverNowMs @returns {Notice | null} */
function staleNotice(state, serverNowMs) {
  const { session } = state;
  if (!session || session.updatedAtMs === null || session.intervalMs === null) return null;
  const ageMs = serverNowMs - session.updatedAtMs;
  if (ageMs <= MISSED_MINUTES * session.intervalMs) return null;
  const text = `No new minute for ${duration(ageMs)}; one is expected every ${duration(session.intervalMs)}. Shown is ${where(state)}.`;
  return { kind: 'stale', title: 'STALE', text };
}

/** @param {PageState} state @returns {Notice | null} */
function pastNotice({ session }) {
  if (!session || session.live) return null;
  return {
    kind: 'past',
    title: 'Past session',
    text: `You are looking at ${session.date}. The session in progress goes on meanwhile.`,
  };
}

/** @param {PageState} state @returns {Notice | null} */
function tradingNotice({ session, stack }) {
  if (!session || session.state === 'ACTIVE') return null;
  const cause = CAUSES[session.cause] ?? session.cause;
  const end = stack.phase === 'finished' ? ' The replay has finished.' : '';
  if (session.state === 'HALTED') {
    return {
      kind: 'halted',
      title: 'HALTED',
      text: `Trading stopped because ${cause}. Positions are flattened; nothing is entered until an operator arms it.${end}`,
    };
  }
  return {
    kind: 'reducing',
    title: 'REDUCING',
    text: `Only orders that reduce a position pass, because ${cause}.${end}`,
  };
}

/** @param {PageState} state @returns {Notice | null} */
function phaseNotice({ stack, session, run }) {
  if (stack.phase === 'starting')
    return { kind: 'starting', title: 'Starting', text: stack.message || 'The stack is starting.' };
  if (stack.phase === 'waiting')
    return { kind: 'starting', title: 'Ready', text: stack.message || 'Waiting for the first minute of the session.' };
  if (stack.phase === 'finished') {
    const what = run?.kind === 'replay' ? 'Replay finished' : 'Run finished';
    return {
      kind: 'done',
      title: what,
      text: `All ${session?.minutes ?? 0} minutes of ${session?.date ?? 'the session'} were decided; the account is flat.`,
    };
  }
  if (stack.phase === 'closed')
    return { kind: 'done', title: 'Session closed', text: `${session?.date ?? ''} is over; the next session follows.` };
  return null;
}

/** @param {PageState | null} state */
function where(state) {
  const session = state?.session;
  return session && session.lastMinute >= 0
    ? `minute ${session.lastMinute + 1} of ${session.minutes}`
    : 'the last known state';
}
