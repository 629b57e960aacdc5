/**
 * What a session was played on, for tests that are about something else.
 */

import type { Feeds } from '../../../shared/ports/repositories/runs.ts';

/** One name for the bars of all symbols. */
export function feeds(name = 'csv', symbols: readonly string[] = ['AAPL', 'MSFT']): Feeds {
  return new Map(symbols.map((symbol) => [symbol, name]));
}
