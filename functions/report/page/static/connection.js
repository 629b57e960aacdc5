/**
 * The stream of the session in progress: opens it, notices when it is lost, opens it again. Where streams are refused,
 * it asks for a snapshot every few seconds instead, and tries the stream again now and then.
 */

/** @typedef {import('../../../../shared/read-models/page-state.ts').PageMessage} PageMessage */

/** Beats come every five seconds; two of them missing means that nobody is there. */
const SILENCE_MAX_MS = 12_000;
const ASK_MS = 5_000;
/** Snapshots between two attempts at a stream. */
const ASKS = 12;
/** A browser holds six connections to one address, so a tab that nobody sees gives its own back. */
const HIDDEN_MAX_MS = 15_000;

export class LiveStream {
  connectedOnce = false;
  #lastHeardMs = performance.now();
  #open = false;
  #lostSinceMs = performance.now();
  #serverOffsetMs = 0;
  /** @type {EventSource | null} */
  #source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #reopening;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #hiding;
  /** @readonly @type {(message: PageMessage) => void} */
  #onMessage;

  /** @param {(message: PageMessage) => void} onMessage */
  constructor(onMessage) {
    this.#onMessage = onMessage;
    this.#connect();
    setInterval(() => this.#watch(), 1_000);
    document.addEventListener('visibilitychange', () => this.#seen(document.visibilityState === 'visible'));
  }

  /** How long there has been no stream; null while there is one. */
  get lostForMs() {
    return this.#open ? null : performance.now() - this.#lostSinceMs;
  }

  /** The server's wall clock as of now; the two clocks need not agree. */
  get serverNowMs() {
    return performance.now() + this.#serverOffsetMs;
  }

  #connect() {
    clearTimeout(this.#reopening);
    this.#source?.close();
    const source = new EventSource('/api/stream');
    source.addEventListener('message', (event) => this.#hear(String(event.data)));
    source.addEventListener('error', () => this.#lose());
    this.#source = source;
  }

  /** @param {string} text */
  #hear(text) {
    const message = /** @type {PageMessage} */ (JSON.parse(text));
    this.connectedOnce = true;
    this.#open = true;
    this.#lastHeardMs = performance.now();
    this.#serverOffsetMs = message.serverNowMs - this.#lastHeardMs;
    if (message.type === 'page') this.#onMessage(message);
  }

  #missed() {
    if (this.#open) this.#lostSinceMs = performance.now();
    this.#open = false;
  }

  #lose() {
    this.#missed();
    // The browser reopens a dropped stream by itself, but gives up after an answer that is not a stream.
    if (this.#source?.readyState === EventSource.CLOSED) void this.#ask(this.#source, ASKS);
  }

  /**
   * @param {EventSource} refused the stream in whose place this is
   * @param {number} left
   */
  async #ask(refused, left) {
    clearTimeout(this.#reopening);
    const text = await snapshot();
    if (this.#source !== refused) return;
    if (text === null) this.#missed();
    else this.#hear(text);
    this.#reopening = setTimeout(() => (left > 1 ? void this.#ask(refused, left - 1) : this.#connect()), ASK_MS);
  }

  /** @param {boolean} visible */
  #seen(visible) {
    clearTimeout(this.#hiding);
    if (!visible) this.#hiding = setTimeout(() => this.#leave(), HIDDEN_MAX_MS);
    else if (this.#source === null) this.#connect();
  }

  #leave() {
    clearTimeout(this.#reopening);
    this.#source?.close();
    this.#source = null;
    this.#lostSinceMs = performance.now();
    this.#open = false;
  }

  #watch() {
    if (!this.#open || performance.now() - this.#lastHeardMs <= SILENCE_MAX_MS) return;
    this.#lostSinceMs = this.#lastHeardMs;
    this.#open = false;
    this.#connect();
  }
}

/** @returns {Promise<string | null>} null when the stack does not answer */
async function snapshot() {
  try {
    const response = await fetch('/api/snapshot');
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}
