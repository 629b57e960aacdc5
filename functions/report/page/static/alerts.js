/**
 * Above everything else: what an operator has to know now, and the state of trading beside the clock.
 */

import { byId, fill, h } from './dom.js';
import { counted } from './format.js';
import { causeList } from './pieces.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('./notice.js').Notice} Notice
 */

/** @param {readonly Notice[]} notices @param {(() => void) | null} back From a past session to the newest; null: nothing to go back from. */
export function showNotices(notices, back) {
  const box = byId('notices', HTMLElement);
  const text = JSON.stringify([notices, back === null]);
  if (box.dataset.text === text) return;
  box.dataset.text = text;
  fill(box, ...notices.map((notice, i) => noticeBox(notice, i === 0 ? back : null)));
  // The text counts seconds; only a change of kind is worth interrupting a listener for.
  const said = notices.map(({ title }) => title).join(', ');
  const announce = byId('announce', HTMLElement);
  if (announce.textContent !== said) announce.textContent = said;
}

/** @param {Notice} notice @param {(() => void) | null} back */
function noticeBox({ kind, title, text, causes = [] }, back) {
  const label = 'Back to the newest session';
  return h(
    'div',
    { class: 'notice', 'data-kind': kind },
    h('b', {}, title),
    h('div', { class: 'notice-text' }, text, causes.length > 0 && causeList(causes)),
    back !== null && h('button', { type: 'button', class: 'link', 'data-key': 'back', onclick: back }, label),
  );
}

/** Both at once: a halted stack that went silent is halted still. @param {PageState | null} state @param {boolean} stale */
export function showPill(state, stale) {
  const pill = byId('state-pill', HTMLElement);
  const trading = tradingWord(state);
  const causes = state?.session?.causes ?? [];
  pill.title = causes.map(({ text }) => text).join('\n');
  pill.dataset.state = trading === 'HALTED' ? trading : stale ? 'STALE' : (trading ?? 'none');
  const several = causes.length > 1 && counted(causes.length, 'cause');
  pill.textContent = [trading ?? (stale ? null : 'NO DATA'), several, stale && 'STALE'].filter(Boolean).join(' · ');
}

/** A session that is over trades no more, unless it was stopped before. @param {PageState | null} state */
function tradingWord(state) {
  const trading = state?.session?.state ?? null;
  return trading === 'ACTIVE' && state?.session?.closed ? 'CLOSED' : trading;
}
