/**
 * Whether everything is up: market feed, decisions, processes.
 */

import { h } from './dom.js';
import { duration } from './format.js';
import { isFeedLate, isMinuteStuck } from './notice.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/ports/stack-status.ts').PartState} PartState
 */

/** Processes by what they do; the name of the process is beside it, as logs call it. */
const PART_TITLES = new Map([
  ['secrets', 'Credentials'],
  ['postgres', 'Database'],
  ['host', 'Functions'],
  ['gpu-runner', 'Policy'],
  ['gateway', 'Broker'],
]);

const PART_WORDS = { up: 'up', starting: 'starting', down: 'DOWN', finished: 'finished' };

/**
 * Without a connection nothing is known of the processes, whatever was heard of them last.
 *
 * @param {PageState} state
 * @param {{ serverNowMs: number, lostForMs: number | null }} connection
 */
export function health({ stack, session }, { serverNowMs, lostForMs }) {
  const rows = stack.parts.map((part) => {
    if (lostForMs !== null) return partItem('starting', PART_TITLES.get(part.name) ?? part.name, 'not known');
    const title = PART_TITLES.get(part.name);
    const word = [PART_WORDS[part.state], part.detail].filter((each) => each !== '').join(', ');
    return partItem(part.state, title ?? part.name, title === undefined ? word : `${part.name} ${word}`);
  });
  const feed = feedHealth(session, serverNowMs);
  const decisions = decisionHealth(session, serverNowMs);
  return h(
    'ul',
    { class: 'parts' },
    partItem(feed.state, 'Market feed', feed.word, 'wide'),
    decisions && partItem(decisions.state, 'Decisions', decisions.word, 'wide'),
    ...rows,
  );
}

/**
 * @param {PageState['session']} session
 * @param {number} serverNowMs
 * @returns {{ state: PartState, word: string }}
 */
function feedHealth(session, serverNowMs) {
  if (!session || session.updatedAtMs === null) return { state: 'starting', word: 'no minute yet' };
  if (session.closed) return { state: 'finished', word: `session ${session.date} is over` };
  if (session.waiting) {
    const { minute, sinceMs } = session.waiting;
    return { state: 'up', word: `up, minute ${minute + 1} came ${duration(serverNowMs - sinceMs)} ago` };
  }
  const age = duration(serverNowMs - session.updatedAtMs);
  if (isFeedLate(session, serverNowMs)) return { state: 'down', word: `LATE, newest minute ${age} ago` };
  return { state: 'up', word: `up, newest minute ${age} ago` };
}

/**
 * Null while a session is over or has not begun.
 *
 * @param {PageState['session']} session
 * @param {number} serverNowMs
 * @returns {{ state: PartState, word: string } | null}
 */
function decisionHealth(session, serverNowMs) {
  if (!session || session.closed || session.updatedAtMs === null) return null;
  const age = duration(serverNowMs - session.updatedAtMs);
  if (session.waiting && isMinuteStuck(session, serverNowMs)) {
    return { state: 'down', word: `LATE, minute ${session.waiting.minute + 1} waits for ${session.waiting.waitsFor}` };
  }
  return { state: 'up', word: `up, newest ${age} ago` };
}

/** @param {PartState} state @param {string} title @param {string} word @param {string | null} [look] */
function partItem(state, title, word, look = null) {
  return h(
    'li',
    { 'data-part': state, class: look },
    h('span', { class: 'dot', 'aria-hidden': 'true' }),
    h('span', { class: 'part-name' }, title),
    h('span', { class: 'part-word' }, word),
  );
}
