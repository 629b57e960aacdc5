/**
 * How far the session of a running stack is, in one line, from its page.
 */

import type { StackNotice } from '../../../shared/ports/stack-status.ts';
import { callPage } from '../reach/page-client.ts';
import { usd } from '../../../shared/read-models/format.ts';
import { progressBar, type Terminal } from './terminal.ts';

export interface Headline {
  /** yyyy-mm-dd */
  readonly date: string;
  /** -1 before the first decision. */
  readonly minute: number;
  readonly minutes: number;
  readonly state: string;
  /** Names of what stands; empty: nothing. */
  readonly cause: string;
  readonly equityUsd: number | null;
  readonly netPnlUsd: number | null;
}

const POLL_MS = 1_000;

/** Null while there is no session, or no answer. */
export async function readHeadline(url: string): Promise<Headline | null> {
  try {
    const { body } = await callPage(new URL('/api/snapshot', url));
    return headlineOf(body);
  } catch {
    return null;
  }
}

/** What the operator has to be told beside the state of trading; nothing where the page does not answer. */
export async function readNotices(url: string): Promise<readonly StackNotice[]> {
  try {
    const { body } = await callPage(new URL('/api/snapshot', url));
    return (body as { sections?: SnapshotLike } | null)?.sections?.stack?.notices ?? [];
  } catch {
    return [];
  }
}

/** Shows the session's progress on the terminal until the returned function is called. */
export function watchProgress(url: string, terminal: Terminal): () => void {
  let isOver = false;
  let last: Headline | null = null;
  const poll = async () => {
    while (!isOver) {
      const headline = await readHeadline(url);
      if (headline !== null && !isOver) {
        if (last !== null && headline.date !== last.date) terminal.note(closeLine(last));
        last = headline;
        terminal.status(progressLine(headline));
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS).unref());
    }
  };
  void poll();
  return () => {
    isOver = true;
    terminal.status('');
  };
}

function progressLine(headline: Headline): string {
  const done = headline.minute + 1;
  const money = headline.netPnlUsd === null ? '' : ` · P&L ${usd(headline.netPnlUsd)}`;
  const state = headline.state === 'ACTIVE' ? '' : ` · ${headline.state}`;
  return `${headline.date} ${progressBar(done / headline.minutes)} minute ${done}/${headline.minutes}${money}${state}`;
}

function closeLine(last: Headline): string {
  const money =
    last.netPnlUsd === null ? '' : `: P&L after fees ${usd(last.netPnlUsd)}, equity ${usd(last.equityUsd ?? 0)}`;
  return `session ${last.date} is over${money}`;
}

function headlineOf(body: unknown): Headline | null {
  const state = (body as { sections?: SnapshotLike } | null)?.sections;
  const session = state?.session;
  if (!session) return null;
  return {
    date: session.date,
    minute: session.lastMinute,
    minutes: session.minutes,
    state: session.state,
    cause: session.causes.map(({ cause }) => cause).join(', '),
    equityUsd: state.money?.equityUsd ?? null,
    netPnlUsd: state.money?.netPnlUsd ?? null,
  };
}

/** The parts of the page's snapshot that are read here. */
interface SnapshotLike {
  readonly stack?: { readonly notices?: readonly StackNotice[] };
  readonly session?: {
    readonly date: string;
    readonly lastMinute: number;
    readonly minutes: number;
    readonly state: string;
    readonly causes: readonly { readonly cause: string }[];
  } | null;
  readonly money?: { readonly equityUsd: number; readonly netPnlUsd: number } | null;
}
