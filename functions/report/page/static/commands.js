/**
 * Halt, flatten and arm: each asks for a reason, a confirmation and, once a tab, for the token.
 */

import { byId, fill, h } from './dom.js';
import { ordersText } from './format.js';

/**
 * @typedef {'halt' | 'flatten' | 'arm'} Command
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/read-models/causes.ts').CauseView} CauseView
 * @typedef {import('../problems.ts').Problem} Problem
 */

const TOKEN_KEY = 'jules-token';

/** @type {Record<Command, { title: string, effect: string, look: string }>} */
const COMMANDS = {
  halt: {
    title: 'Halt',
    effect: 'Closes every position at the next open and stops trading until an operator arms it.',
    look: 'danger',
  },
  flatten: {
    title: 'Flatten',
    effect: 'Closes every position at the next open; nothing is entered until an operator arms trading.',
    look: 'caution',
  },
  arm: {
    title: 'Arm',
    effect:
      'Lets entries through again, once the account is flat and no order is working. The drawdown limit then counts from the equity of that moment.',
    look: 'solid',
  },
};

/** In short, since the notice above has each with who, when and why. @param {readonly CauseView[]} causes */
function standingText(causes) {
  const text = [...new Set(causes.map(({ title }) => title))].join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Of a run whose market is over. */
const AFTER_THE_LAST = 'This run has no more sessions: the command is on record, and nothing trades after it.';

export class CommandPanel {
  /** @readonly */
  #dialog = byId('command-dialog', HTMLDialogElement);
  /** @readonly */
  #reason = byId('command-reason', HTMLInputElement);
  /** @readonly */
  #token = byId('command-token', HTMLInputElement);
  /** @readonly */
  #error = byId('command-error', HTMLElement);
  /** @readonly */
  #answer = h('p', { class: 'note', 'aria-live': 'polite' });
  /** @readonly */
  #state = h('div', { class: 'trading-state' });
  /** @readonly @type {Record<Command, HTMLButtonElement>} */
  #buttons;
  /** @readonly */
  #finding = byId('command-finding', HTMLSelectElement);
  /** @type {Command} */
  #command = 'halt';
  /** @type {readonly string[]} What the audit found and nobody has accepted. */
  #findings = [];
  #isFinished = false;
  /** Id of the command that was sent last. */
  #newest = '';

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#buttons = { halt: this.#button('halt'), flatten: this.#button('flatten'), arm: this.#button('arm') };
    fill(box, this.#state, h('div', { class: 'command-buttons' }, ...Object.values(this.#buttons)), this.#answer);
    byId('command-cancel', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    byId('command-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  /** @param {PageState} state */
  show({ session, stack, money }) {
    // Also after the last session: a command is recorded, as that of ./jules is.
    const acts = session?.live === true;
    const causes = (session?.causes ?? []).map(({ cause }) => cause);
    this.#findings = (session?.causes ?? []).flatMap(({ finding }) => finding ?? []);
    this.#isFinished = stack.phase === 'finished';
    this.#buttons.halt.disabled = !acts || causes.includes('OPERATOR_HALT');
    this.#buttons.flatten.disabled = !acts || causes.includes('OPERATOR_FLATTEN');
    this.#buttons.arm.disabled = !acts || causes.length === 0;
    fill(
      this.#state,
      h('b', {}, session?.state ?? 'NO DATA'),
      session && session.causes.length > 0 && h('span', { class: 'note-line' }, `${standingText(session.causes)}.`),
      money && h('span', { class: 'note-line' }, `Orders approved: ${ordersText(money)}.`),
    );
  }

  /** @param {Command} command */
  #button(command) {
    const { title, look } = COMMANDS[command];
    return h(
      'button',
      { type: 'button', class: look, onclick: () => this.#ask(command), disabled: true, 'data-command': command },
      title,
    );
  }

  /** @param {Command} command */
  #ask(command) {
    this.#command = command;
    const { title, effect, look } = COMMANDS[command];
    byId('command-title', HTMLElement).textContent = `${title} trading?`;
    byId('command-effect', HTMLElement).textContent = this.#isFinished ? `${effect} ${AFTER_THE_LAST}` : effect;
    this.#offerFindings(command === 'arm' ? this.#findings : []);
    const confirm = byId('command-confirm', HTMLButtonElement);
    confirm.textContent = title;
    confirm.className = look;
    this.#error.textContent = '';
    this.#reason.value = '';
    this.#showTokenField(sessionStorage.getItem(TOKEN_KEY) === null);
    this.#dialog.showModal();
    this.#reason.focus();
  }

  /** One is accepted at a time, by the words that name it; what is not accepted stays. @param {readonly string[]} findings */
  #offerFindings(findings) {
    byId('finding-field', HTMLElement).hidden = findings.length === 0;
    const options = findings.map((finding) => h('option', { value: finding }, finding));
    fill(this.#finding, h('option', { value: '' }, 'None: the audit’s halt stays'), ...options);
  }

  /** @param {boolean} shown */
  #showTokenField(shown) {
    byId('token-field', HTMLElement).hidden = !shown;
  }

  async #submit() {
    const reason = this.#reason.value.trim();
    const token = sessionStorage.getItem(TOKEN_KEY) ?? tokenIn(this.#token.value.trim());
    if (reason === '') return this.#complain('Give a reason; it is kept with the command.', this.#reason);
    if (token === '') return this.#complain('The token is needed once.', this.#token);
    const acceptAudit = this.#finding.value;
    const body = { command: this.#command, reason, ...(acceptAudit !== '' && { acceptAudit }) };
    const answer = await post(body, token);
    if ('id' in answer) return this.#accepted(token, answer.id);
    if (answer.status === 401) {
      sessionStorage.removeItem(TOKEN_KEY);
      this.#showTokenField(true);
      return this.#complain('That token was not accepted.', this.#token);
    }
    return this.#complain(answer.message, this.#reason);
  }

  /** @param {string} token @param {string} id */
  async #accepted(token, id) {
    sessionStorage.setItem(TOKEN_KEY, token);
    this.#token.value = '';
    this.#dialog.close();
    const { title } = COMMANDS[this.#command];
    this.#answer.textContent = `${title} sent at ${new Date().toLocaleTimeString('en-GB')}.`;
    this.#newest = id;
    const text = await outcomeOf(id);
    // An answer that comes late must not replace that of a later command.
    if (this.#newest !== id) return;
    this.#answer.textContent =
      text === null ? `${title} was sent; the risk stage has not answered yet.` : `${title}: ${text}.`;
  }

  /** @param {string} message @param {HTMLInputElement} field */
  #complain(message, field) {
    this.#error.textContent = message;
    field.focus();
  }
}

/**
 * The secret is shown as a whole, so that is what may be pasted.
 *
 * @param {string} text
 * @returns {string}
 */
function tokenIn(text) {
  try {
    const { token } = /** @type {{ token?: unknown }} */ (JSON.parse(text));
    return typeof token === 'string' ? token : text;
  } catch {
    return text;
  }
}

/**
 * @param {{ command: Command, reason: string, acceptAudit?: string }} body
 * @param {string} token
 * @returns {Promise<{ id: string } | { status: number, message: string }>} the id of a command that was taken
 */
async function post(body, token) {
  try {
    const response = await fetch('/api/commands', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (response.ok) return /** @type {{ id: string }} */ (await response.json());
    const problem = /** @type {Partial<Problem>} */ (await response.json().catch(() => ({})));
    return { status: response.status, message: problem.error?.message ?? `The stack answered ${response.status}.` };
  } catch {
    return { status: 0, message: 'The stack does not answer. Nothing was sent.' };
  }
}

const OUTCOME_TRIES = 10;
const OUTCOME_PAUSE_MS = 500;

/** What risk made of the command, in its words; null when it has said nothing within five seconds. @param {string} id */
async function outcomeOf(id) {
  for (let left = OUTCOME_TRIES; left > 0; left -= 1) {
    const response = await fetch(`/api/commands/outcome?id=${encodeURIComponent(id)}`).catch(() => null);
    const body = response?.ok ? /** @type {{ text: string | null }} */ (await response.json()) : null;
    if (body?.text) return body.text;
    await new Promise((resolve) => setTimeout(resolve, OUTCOME_PAUSE_MS));
  }
  return null;
}
