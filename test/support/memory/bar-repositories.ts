/**
 * Minute bars with their faults, and daily bars, in memory.
 *
 * A bar that arrives again corrects the one before it: a good one clears the faults recorded for its minute, a
 * hard-faulted one takes the good one away.
 */

import type { BarRepository, DailyBarRepository } from '../../../shared/ports/repositories.ts';
import { byteOrder, type Owned, type Tables } from './tables.ts';

export function barRepository({ bars, quality }: Tables): BarRepository {
  return {
    async upsert(feed, rows) {
      for (const row of rows) {
        bars.put(keyOf(feed, row), { owner: feed, row });
        if (row.faults === 0) quality.delete(keyOf(feed, row));
      }
    },
    async recordQuality(feed, rows) {
      for (const row of rows) {
        quality.put(keyOf(feed, row), { owner: feed, row });
        if (row.hard) bars.delete(keyOf(feed, row));
      }
    },
    async between(feed, range, symbols) {
      return select(bars.all(), { feed, range, symbols });
    },
    async quality(feed, range, symbols) {
      return select(quality.all(), { feed, range, symbols });
    },
  };
}

export function dailyBarRepository({ dailyBars }: Tables): DailyBarRepository {
  return {
    async upsert(rows) {
      for (const row of rows) dailyBars.put(`${row.symbol}/${row.session}`, row);
    },
    async before(symbols, session, limit) {
      return [...symbols].sort().flatMap((symbol) => {
        const rows = dailyBars.where((row) => row.symbol === symbol && row.session < session);
        return rows.toSorted((a, b) => a.session - b.session).slice(-limit);
      });
    },
  };
}

interface Keyed {
  readonly symbol: string;
  readonly openMs: number;
}

function keyOf(feed: string, { symbol, openMs }: Keyed): string {
  return `${feed}/${openMs}/${symbol}`;
}

/** By time, then symbol. */
function select<Row extends Keyed>(
  owned: readonly Owned<Row>[],
  wanted: { feed: string; range: { fromMs: number; toMs: number }; symbols: readonly string[] },
): Row[] {
  const { feed, range, symbols } = wanted;
  const isIn = ({ openMs }: Keyed): boolean => openMs >= range.fromMs && openMs < range.toMs;
  return owned
    .filter(({ owner, row }) => owner === feed && isIn(row) && symbols.includes(row.symbol))
    .map(({ row }) => row)
    .toSorted((a, b) => a.openMs - b.openMs || byteOrder(a.symbol, b.symbol));
}
