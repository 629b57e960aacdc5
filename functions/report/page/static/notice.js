/**
 * What the page has to say above everything else, most urgent first: stale, errors, the trading state, the phase.
 */

import { duration, exchangeTime } from './format.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/read-models/page-state.ts').SessionSection} SessionSection
 * @typedef {{ kind: 'stale' | 'error' | 'halted' | 'reducing' | 'starting' | 'done' | 'past', title: string, text: string }} Notice
 * @typedef {{ connectedOnce: boolean, lostForMs: number | null }} Connection `lostForMs` null: the stream is open.
 */

const MISSED_MINUTES = 3;
const LOST_AFTER_MS = 3_000;
const MINUTE_MS = 60_000;

/** @type {Record<string, string>} */
const CAUSES = {
  DRAWDOWN: 'the drawdown limit was reached',
  OPERATOR_HALT: 'an operator halted it',
  OPERATOR_FLATTEN: 'an operator ordered it flat',
  FEED_DEAD: 'the market feed is dead',
  FEED_BACKUP: 'the backup feed is in use',
  RUNNER_DEAD: 'the policy runner does not answer',
  AUDIT_FAILED: 'the audit chain does not verify',
  DAILY_LOSS: 'the daily loss limit was reached',
};

const HALTING = new Set(['DRAWDOWN', 'OPERATOR_HALT', 'AUDIT_FAILED']);

/**
 * Everything that holds at once: a stack that is halted and stale says both.
 *
 * @param {PageState | null} state
 * @param {Connection} connection
 * @param {number} serverNowMs
 * @returns {Notice[]}
 */
export function noticesOf(state, connection, serverNowMs) {
  const lost = lostNotice(state, connection);
  if (state === null) return [lost ?? { kind: 'starting', title: 'Starting', text: 'Asking the stack for its state.' }];
  const past = pastNotice(state);
  if (past !== null) return [past];
  const old = lost ?? staleNotice(state, serverNowMs);
  const told = state.stack.notices.map(operatorNotice);
  return [errorNotice(state), old, tradingNotice(state), ...told, phaseNotice(state)].filter((each) => each !== null);
}

/** True when the numbers on the page may no longer be those of the market. @param {readonly Notice[]} notices */
export function isStale(notices) {
  return notices.some(({ kind }) => kind === 'stale');
}

/** The newest minute is later than it should be. @param {SessionSection | null} session @param {number} serverNowMs */
export function isFeedLate(session, serverNowMs) {
  if (session === null || session.updatedAtMs === null || session.intervalMs === null) return false;
  return serverNowMs - session.updatedAtMs > MISSED_MINUTES * session.intervalMs;
}

/** @param {PageState | null} state @param {Connection} connection @returns {Notice | null} */
function lostNotice(state, { connectedOnce, lostForMs }) {
  if (lostForMs === null || lostForMs < LOST_AFTER_MS) return null;
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

/** @param {PageState['stack']['notices'][number]} told @returns {Notice} */
function operatorNotice({ severity, text }) {
  return severity === 'alarm' ? { kind: 'error', title: 'Secrets', text } : { kind: 'reducing', title: 'Due', text };
}

/** @param {PageState} state @param {number} serverNowMs @returns {Notice | null} */
function staleNotice(state, serverNowMs) {
  const { session } = state;
  if (!session || !isFeedLate(session, serverNowMs)) return null;
  const age = duration(serverNowMs - (session.updatedAtMs ?? serverNowMs));
  const expected = duration(session.intervalMs ?? 0);
  const text = `No new minute for ${age}; one is expected every ${expected}. Shown is ${where(state)}.`;
  return { kind: 'stale', title: 'STALE', text };
}

/** @param {PageState} state @returns {Notice | null} */
function pastNotice({ session }) {
  if (!session || session.live) return null;
  const text =
    session.state === 'ACTIVE'
      ? `You are looking at ${session.date}.`
      : `You are looking at ${session.date}. It was left ${session.state}, because ${causesOf(session)}.`;
  return { kind: 'past', title: 'Past session', text };
}

/** @param {PageState} state @returns {Notice | null} */
function tradingNotice({ session, stack }) {
  if (!session || session.state === 'ACTIVE') return null;
  const end = stack.phase === 'finished' ? ' There are no more sessions.' : '';
  if (session.state === 'HALTED') {
    return {
      kind: 'halted',
      title: 'HALTED',
      text: `Trading stopped${haltTime(session)} because ${causesOf(session)}. Positions are flattened; nothing is entered until an operator arms it.${end}`,
    };
  }
  return {
    kind: 'reducing',
    title: 'REDUCING',
    text: `Only orders that reduce a position pass, because ${causesOf(session)}.${end}`,
  };
}

/** @param {SessionSection} session */
function causesOf({ causes }) {
  return causes.map(({ cause, by, why }) => `${CAUSES[cause] ?? cause} (${by}: ${why})`).join(', and ');
}

/** Within this session only: an account can be halted since an earlier one. @param {SessionSection} session */
function haltTime({ causes, openMs, minutes }) {
  const haltedAtMs = Math.min(...causes.filter(({ cause }) => HALTING.has(cause)).map(({ sinceMs }) => sinceMs));
  const isToday = haltedAtMs >= openMs && haltedAtMs <= openMs + minutes * MINUTE_MS;
  return isToday ? ` at ${exchangeTime(haltedAtMs)} ET` : '';
}

/** @param {PageState} state @returns {Notice | null} */
function phaseNotice({ stack, session, run }) {
  if (stack.phase === 'starting')
    return { kind: 'starting', title: 'Starting', text: waitingText(stack.message) || 'The stack is starting.' };
  if (stack.phase === 'waiting')
    return {
      kind: 'starting',
      title: 'Ready',
      text: waitingText(stack.message) || 'Waiting for the first minute of the session.',
    };
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

/** The stack names what it waits for, or says it in a sentence. @param {string} message */
function waitingText(message) {
  return message === '' || message.endsWith('.') ? message : `Waiting for ${message}.`;
}

/** @param {PageState | null} state */
function where(state) {
  const session = state?.session;
  return session && session.lastMinute >= 0
    ? `minute ${session.lastMinute + 1} of ${session.minutes}`
    : 'the last known state';
}
