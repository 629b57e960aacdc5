/**
 * The state of a session as the page of a running stack shows it.
 */

import type { PageMessage, PageState } from '../../../shared/read-models/page-state.ts';
import { callPage } from '../reach/page-client.ts';

/** What is asked of the page; another one in tests. */
export type Ask = (path: string) => Promise<unknown>;

export function askPage(url: string): Ask {
  return async (path) => (await callPage(new URL(path, url))).body;
}

export interface Snapshot {
  readonly state: PageState;
  /** The page's clock, which ages are counted by. */
  readonly nowMs: number;
}

/** The session in progress, or the one that the query names; null where the page does not answer. */
export async function readSnapshot(ask: Ask, query = ''): Promise<Snapshot | null> {
  try {
    const message = (await ask(`/api/snapshot${query}`)) as Partial<PageMessage> | null;
    if (message?.full !== true || message.sections === undefined) return null;
    return { state: message.sections as PageState, nowMs: message.serverNowMs ?? 0 };
  } catch {
    return null;
  }
}
