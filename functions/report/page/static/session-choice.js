/**
 * Which session is looked at: the one in progress, which moves, or a past one, chosen in the picker or in the table.
 */

import { byId, fill, h } from './dom.js';
import { signedDollars } from './format.js';
import { merged } from './store.js';
import { csvHref, sessionsTable, severalRuns } from './tables.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageMessage} PageMessage
 * @typedef {import('../../read-models/session-list.ts').SessionListItem} SessionListItem
 * @typedef {import('./notice.js').Notice} Notice
 */

export class SessionChoice {
  /** @type {PageState | null} A past session that was chosen instead of the one in progress. */
  past = null;
  /** @type {Notice | null} A past session that could not be read. */
  failed = null;
  /** @readonly */
  #picker = byId('session-picker', HTMLSelectElement);
  /** @readonly @type {() => void} */
  #onChosen;
  /** @type {PageState | null} */
  #live = null;
  /** @type {readonly SessionListItem[]} */
  #sessions = [];
  #listedKey = '';

  /** @param {() => void} onChosen */
  constructor(onChosen) {
    this.#onChosen = onChosen;
    this.#picker.addEventListener('change', () => void this.choose(this.#picker.value));
  }

  /** With what moves in the session in progress. @param {PageState | null} live */
  show(live) {
    this.#live = live;
    this.#drawTable();
    void this.#list();
  }

  /** Shows the session in progress (`live`) or a past one. @param {string} key */
  async choose(key) {
    this.past = null;
    this.failed = null;
    if (key !== 'live') {
      const response = await fetch(`/api/snapshot?${key}`).catch(() => null);
      if (response?.ok) this.past = merged(null, /** @type {PageMessage} */ (await response.json()));
      else
        this.failed = { kind: 'error', title: 'Not shown', text: 'The stack did not return that session. Try again.' };
    }
    this.#onChosen();
    this.#drawPicker();
  }

  /** Asks for the list only when a session has begun or closed. */
  async #list() {
    const live = this.#live;
    const key = `${live?.run?.runId}/${live?.session?.date}/${live?.session?.closed}`;
    if (key === this.#listedKey || !live?.session) return;
    this.#listedKey = key;
    const response = await fetch('/api/sessions').catch(() => null);
    if (!response?.ok) {
      this.#listedKey = '';
      return;
    }
    this.#sessions = /** @type {SessionListItem[]} */ (await response.json());
    this.#drawPicker();
    this.#drawTable();
  }

  #drawPicker() {
    const options = this.#sessions.map((item) =>
      h(
        'option',
        { value: this.#isLive(item) ? 'live' : keyOf(item), selected: this.#isShown(item) },
        this.#optionText(item),
      ),
    );
    fill(this.#picker, ...options);
    const shown = this.past ?? this.#live;
    if (!shown?.session || !shown.run) return;
    const link = byId('export', HTMLElement);
    link.setAttribute('href', csvHref({ runId: shown.run.runId, date: shown.session.date }));
    link.hidden = false;
  }

  /** The list is asked for once a session; what moves in it comes with the stream. */
  #drawTable() {
    const live = this.#live;
    const current = this.#sessions.map((item) => (this.#isLive(item) && live !== null ? liveItem(item, live) : item));
    const show = (/** @type {SessionListItem} */ item) => void this.choose(this.#isLive(item) ? 'live' : keyOf(item));
    const isShown = (/** @type {SessionListItem} */ item) => this.#isShown(item);
    fill(byId('sessions', HTMLElement), sessionsTable(current, { isShown, show }));
  }

  /** @param {SessionListItem} item */
  #isLive(item) {
    return isOf(this.#live, item);
  }

  /** @param {SessionListItem} item */
  #isShown(item) {
    return isOf(this.past ?? this.#live, item);
  }

  /** @param {SessionListItem} item */
  #optionText(item) {
    const run = severalRuns(this.#sessions) ? `, ${item.runId}` : '';
    if (this.#isLive(item) && !item.closed) return `${item.date}, in progress${run}`;
    return item.netPnlUsd === null ? `${item.date}${run}` : `${item.date}, ${signedDollars(item.netPnlUsd)}${run}`;
  }
}

/** @param {PageState | null} state @param {SessionListItem} item */
function isOf(state, item) {
  return item.date === state?.session?.date && item.runId === state?.run?.runId;
}

/** @param {SessionListItem} item @param {PageState} state @returns {SessionListItem} */
function liveItem(item, { session, money }) {
  if (session === null) return item;
  const { lastMinute, closed, state } = session;
  return { ...item, lastMinute, closed, state, netPnlUsd: lastMinute < 0 ? null : (money?.netPnlUsd ?? null) };
}

/** @param {SessionListItem} item */
function keyOf(item) {
  return `session=${item.date}&run=${encodeURIComponent(item.runId)}`;
}
