/**
 * Pushes the live page to its readers: one set of queries a tick however many read, at most four ticks a second.
 *
 * A reader gets what changed since its own last message, so a slow one skips states and never queues them.
 * Nothing is asked while nobody reads.
 */

import type { Clock } from '../../../shared/ports/clock.ts';
import type { LivePage } from './live-page.ts';
import type { PageMessage, PageState, SeriesSection } from '../../../shared/read-models/page-state.ts';

const TICK_MS = 250;
const BEAT_MS = 5_000;
const READERS_MAX = 32;
/** A reader that takes nothing for so long has gone without saying so: its place is given up. */
const STALLED_MS = 60_000;

type SectionName = keyof PageState;

/** What a reader has seen: the text of each section, and its series up to which minute. */
interface Seen {
  readonly texts: Map<SectionName, string>;
  sessionKey: string;
  lastMinute: number;
}

export class StreamHub {
  readonly #page: LivePage;
  readonly #clock: Clock;
  readonly #readers = new Set<Reader>();
  #ticking = false;

  constructor(page: LivePage, clock: Clock) {
    this.#page = page;
    this.#clock = clock;
  }

  get isFull(): boolean {
    return this.#readers.size >= READERS_MAX;
  }

  get readerCount(): number {
    return this.#readers.size;
  }

  /** `onClose` is called once, whoever closes it. */
  open(onClose: () => void = () => undefined): Reader {
    const reader = new Reader(this.#clock, () => {
      this.#readers.delete(reader);
      onClose();
    });
    this.#readers.add(reader);
    if (!this.#ticking) void this.#tick().catch(() => undefined);
    return reader;
  }

  async #tick(): Promise<void> {
    this.#ticking = true;
    try {
      while (this.#readers.size > 0) {
        const state = await this.#page.refresh();
        const texts = sectionTexts(state);
        for (const reader of this.#readers) reader.offer(state, texts);
        await this.#clock.sleep(TICK_MS);
      }
    } finally {
      this.#ticking = false;
    }
  }
}

export class Reader {
  readonly #clock: Clock;
  readonly #onClose: () => void;
  readonly #seen: Seen = { texts: new Map(), sessionKey: '', lastMinute: -1 };
  #state: PageState | null = null;
  #texts: ReadonlyMap<SectionName, string> = new Map();
  #closed = false;
  #lastSentMs: number;
  #waitingSinceMs = 0;
  #wake: () => void = () => undefined;

  constructor(clock: Clock, onClose: () => void) {
    this.#clock = clock;
    this.#onClose = onClose;
    this.#lastSentMs = clock.nowMs();
  }

  offer(state: PageState, texts: ReadonlyMap<SectionName, string>): void {
    const nowMs = this.#clock.nowMs();
    if (this.#state === null) this.#waitingSinceMs = nowMs;
    else if (nowMs - this.#waitingSinceMs > STALLED_MS) return this.close();
    this.#state = state;
    this.#texts = texts;
    this.#wake();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    this.#wake();
  }

  /** The next message; null when the reader was closed. */
  async next(): Promise<PageMessage | null> {
    while (!this.#closed) {
      const message = this.#take();
      if (message !== null) return message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return null;
  }

  #take(): PageMessage | null {
    const state = this.#state;
    this.#state = null;
    if (state === null) return null;
    const serverNowMs = this.#clock.nowMs();
    const full = this.#seen.sessionKey !== sessionKey(state);
    const changed = full ? state : this.#changedSections(state);
    const isNews = Object.keys(changed).length > 0;
    if (!isNews && serverNowMs - this.#lastSentMs < BEAT_MS) return null;
    this.#remember(state, serverNowMs);
    return { type: isNews ? 'page' : 'beat', full, serverNowMs, sections: changed };
  }

  #changedSections(state: PageState): Partial<PageState> {
    const names = [...this.#texts.keys()].filter((name) => this.#texts.get(name) !== this.#seen.texts.get(name));
    const changed = Object.fromEntries(names.map((name) => [name, state[name]]));
    const series = seriesAfter(state.series, this.#seen.lastMinute);
    return series.minute.length === 0 ? changed : { ...changed, series };
  }

  #remember(state: PageState, nowMs: number): void {
    for (const [name, text] of this.#texts) this.#seen.texts.set(name, text);
    this.#seen.sessionKey = sessionKey(state);
    this.#seen.lastMinute = state.series.minute.at(-1) ?? -1;
    this.#lastSentMs = nowMs;
  }
}

export function fullMessage(state: PageState, serverNowMs: number): PageMessage {
  return { type: 'page', full: true, serverNowMs, sections: state };
}

/** All sections but `series`, which only grows. */
function sectionTexts(state: PageState): Map<SectionName, string> {
  const names = (Object.keys(state) as SectionName[]).filter((name) => name !== 'series');
  return new Map(names.map((name) => [name, JSON.stringify(state[name])]));
}

function sessionKey(state: PageState): string {
  return `${state.run?.runId ?? ''}/${state.session?.date ?? ''}`;
}

function seriesAfter(series: SeriesSection, minute: number): SeriesSection {
  const start = series.minute.findIndex((each) => each > minute);
  const from = start === -1 ? series.minute.length : start;
  return {
    minute: series.minute.slice(from),
    equityUsd: series.equityUsd.slice(from),
    holdUsd: series.holdUsd.slice(from),
    drawdownUsd: series.drawdownUsd.slice(from),
    drawdownLimitUsd: series.drawdownLimitUsd.slice(from),
  };
}
