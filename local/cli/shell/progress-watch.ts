/**
 * What the terminal says of sessions: one line while one runs, and what it came to once it is closed.
 *
 * The line that closes a session is asked for once it is stored as closed; the last one seen in between may be minutes old.
 */

import { usd } from '../../../shared/read-models/format.ts';
import type { PageState } from '../../../shared/read-models/page-state.ts';
import { closingLines } from '../../../shared/read-models/session-lines.ts';
import { type Ask, readSnapshot } from './page-snapshot.ts';
import { progressBar, type Terminal } from './terminal.ts';

export interface WatchOptions {
  /** True: the stack has just been made, so every session that is closed was closed under our eyes. */
  readonly isFresh?: boolean;
}

interface ListedSession {
  readonly runId: string;
  /** yyyy-mm-dd */
  readonly date: string;
  readonly closed: boolean;
}

export class ProgressWatch {
  readonly #ask: Ask;
  readonly #terminal: Terminal;
  /** Sessions whose result was said, or that were over before anybody watched. */
  #done: Set<string> | null;
  #lastKey = '';
  #isStopped = false;

  constructor(ask: Ask, terminal: Terminal, { isFresh = false }: WatchOptions = {}) {
    this.#ask = ask;
    this.#terminal = terminal;
    this.#done = isFresh ? new Set() : null;
  }

  async look(): Promise<void> {
    const snapshot = await readSnapshot(this.#ask);
    const { session = null, run = null } = snapshot?.state ?? {};
    if (this.#isStopped || snapshot === null || session === null || run === null) return;
    const key = `${run.runId}/${session.date}/${session.closed}`;
    if (key !== this.#lastKey) await this.#sayClosed(run.runId);
    this.#lastKey = key;
    if (!this.#isStopped) this.#terminal.status(progressLine(snapshot.state));
  }

  stop(): void {
    this.#isStopped = true;
    this.#terminal.status('');
  }

  /** Several sessions may have closed between two looks. */
  async #sayClosed(runId: string): Promise<void> {
    const listed = ((await this.#ask('/api/sessions').catch(() => null)) ?? []) as readonly ListedSession[];
    const closed = listed.filter((each) => each.runId === runId && each.closed).map(({ date }) => date);
    if (this.#done === null) {
      this.#done = new Set(closed);
      return;
    }
    for (const date of closed.toSorted()) {
      if (this.#done.has(date)) continue;
      this.#done.add(date);
      const stored = await readSnapshot(this.#ask, `?session=${date}&run=${encodeURIComponent(runId)}`);
      if (stored !== null) for (const line of closingLines(stored.state)) this.#terminal.note(line);
    }
  }
}

function progressLine({ session, money }: PageState): string {
  if (session === null) return '';
  const { date, lastMinute, minutes, state } = session;
  const done = lastMinute + 1;
  const pnl = money === null ? '' : ` · P&L ${usd(money.netPnlUsd)}`;
  const trading = state === 'ACTIVE' ? '' : ` · ${state}: ${session.causes.map(({ cause }) => cause).join(', ')}`;
  return `${date} ${progressBar(done / minutes)} minute ${done}/${minutes}${pnl}${trading}`;
}
