/**
 * Whether a session's bars are those that it was begun on. A source names them by their content, so bars that were
 * edited between two lives of the gateway are another name.
 */

import { assert } from '../shared/domain/units/units.ts';
import type { Feeds } from '../shared/ports/repositories/runs.ts';
import { RunStoppedError } from './run-stopped.ts';

export function feedsOf(symbols: readonly string[], digests: readonly string[]): Feeds {
  assert(digests.length === symbols.length, 'a source names the bars of every symbol');
  return new Map(symbols.map((symbol, s) => [symbol, digests[s]!]));
}

/** Throws RunStoppedError naming session, symbol and both digests. */
export function checkFeeds(session: number, stored: Feeds, delivered: Feeds): void {
  for (const [symbol, feed] of delivered) {
    const before = stored.get(symbol);
    if (before === feed) continue;
    throw new RunStoppedError(
      `the bars of ${symbol} in session ${session} are not those that this run was begun on: ` +
        `it has read ${before ?? 'none'}, the source now has ${feed}`,
      'put the earlier bars back and start again, or begin another run on these with --new-run',
    );
  }
}
