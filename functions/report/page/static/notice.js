/**
 * What the page has to say above everything else, most urgent first: stale, errors, the trading state, the phase.
 */

import { duration } from './format.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/read-models/page-state.ts').SessionSection} SessionSection
 * @typedef {import('../../../../shared/read-models/causes.ts').CauseView} CauseView
 * @typedef {{ kind: 'stale' | 'error' | 'halted' | 'reducing' | 'starting' | 'done' | 'past', title: string, text: string, causes?: readonly CauseView[] }} Notice `causes`: what stands, one line each.
 * @typedef {{ connectedOnce: boolean, lostForMs: number | null }} Connection `lostForMs` null: the stream is open.
 */

const LOST_AFTER_MS = 3_000;

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
  const reminders = state.stack.notices.map(operatorNotice);
  return [errorNotice(state), old, tradingNotice(state), ...reminders, phaseNotice(state)].filter(
    (each) => each !== null,
  );
}

/** True when the numbers on the page may no longer be those of the market. @param {readonly Notice[]} notices */
export function isStale(notices) {
  return notices.some(({ kind }) => kind === 'stale');
}

/** The newest decision is later than it should be. @param {SessionSection | null} session @param {number} serverNowMs */
function isDecisionLate(session, serverNowMs) {
  if (session === null || session.updatedAtMs === null || session.lateAfterMs === null) return false;
  return serverNowMs - session.updatedAtMs > session.lateAfterMs;
}

/** No minute comes, although the last one was decided. @param {SessionSection | null} session @param {number} serverNowMs */
export function isFeedLate(session, serverNowMs) {
  return session?.waiting === null && isDecisionLate(session, serverNowMs);
}

/** A minute came and gets no decision. @param {SessionSection | null} session @param {number} serverNowMs */
export function isMinuteStuck(session, serverNowMs) {
  return session !== null && session.waiting !== null && isDecisionLate(session, serverNowMs);
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
    text: `Connection to the stack lost ${age} ago. The page shows ${where(state)}. The page keeps trying.`,
  };
}

/** @param {PageState} state @returns {Notice | null} */
function errorNotice({ stack }) {
  return stack.phase === 'error' ? { kind: 'error', title: 'Error', text: stack.message } : null;
}

/** @param {PageState['stack']['notices'][number]} notice @returns {Notice} */
function operatorNotice({ severity, text }) {
  return severity === 'alarm' ? { kind: 'error', title: 'Secrets', text } : { kind: 'reducing', title: 'Due', text };
}

/** @param {PageState} state @param {number} serverNowMs @returns {Notice | null} */
function staleNotice(state, serverNowMs) {
  const { session } = state;
  if (session?.waiting && isMinuteStuck(session, serverNowMs)) {
    const { minute, sinceMs, waitsFor } = session.waiting;
    const age = duration(serverNowMs - sinceMs);
    const text = `Minute ${minute + 1} came ${age} ago and waits for ${waitsFor}. The market feed is not late. The page shows ${where(state)}.`;
    return { kind: 'stale', title: 'STALE', text };
  }
  if (!session || !isFeedLate(session, serverNowMs)) return null;
  const age = duration(serverNowMs - (session.updatedAtMs ?? serverNowMs));
  const expected = duration(session.intervalMs ?? 0);
  const text = `No new minute for ${age}; one is expected every ${expected}. The market feed is late. The page shows ${where(state)}.`;
  return { kind: 'stale', title: 'STALE', text };
}

/** @param {PageState} state @returns {Notice | null} */
function pastNotice({ session }) {
  if (!session || session.live) return null;
  const { date, state, causes } = session;
  const left = state === 'ACTIVE' ? '' : ` It was left ${state}:`;
  return { kind: 'past', title: 'Past session', text: `You are looking at ${date}.${left}`, causes };
}

/** @param {PageState} state @returns {Notice | null} */
function tradingNotice({ session, stack }) {
  if (!session || session.state === 'ACTIVE') return null;
  const end = stack.phase === 'finished' ? ' There are no more sessions.' : '';
  const { causes } = session;
  if (session.state === 'HALTED') {
    const text = `Trading stopped: positions are flattened and nothing is entered while this stands.${end}`;
    return { kind: 'halted', title: 'HALTED', text, causes };
  }
  const text = `Only orders that reduce a position pass while this stands.${end}`;
  return { kind: 'reducing', title: 'REDUCING', text, causes };
}

/** @param {PageState} state @returns {Notice | null} */
function phaseNotice({ stack, session, run, positions }) {
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
      text: `All ${session?.minutes ?? 0} minutes of ${session?.date ?? 'the session'} were decided; ${heldText(positions)}.`,
    };
  }
  if (stack.phase === 'closed')
    return { kind: 'done', title: 'Session closed', text: `${session?.date ?? ''} is over; the next session follows.` };
  return null;
}

/** @param {PageState['positions']} positions */
function heldText(positions) {
  const held = positions.filter(({ quantity }) => quantity !== 0).map(({ symbol }) => symbol);
  return held.length === 0 ? 'the account is flat' : `the account still holds ${held.join(', ')}`;
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
