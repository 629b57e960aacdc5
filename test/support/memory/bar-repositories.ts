/**
 * Minute bars with their faults, and daily bars, in memory. A feed names its content, so a row is written once.
 */

import { dailyContentHash } from '../../../shared/domain/ledger/ledger.ts';
import { isDeepStrictEqual } from 'node:util';
import type { BarRepository, DailyBarRepository } from '../../../shared/ports/repositories/market.ts';
import type { Feeds, SessionOfRun } from '../../../shared/ports/repositories/runs.ts';
import { MemoryDatabaseError, requireWhole } from './constraints.ts';
import type { Table } from './table.ts';
import { byteOrder, type Owned, type Tables } from './tables.ts';

export function barRepository({ bars, quality, feeds: sessionFeeds }: Tables): BarRepository {
  const feedsOf = ({ runId, session }: SessionOfRun): Feeds => sessionFeeds.get(`${runId}/${session}`) ?? new Map();
  return {
    async add(feeds, rows) {
      for (const row of rows) requireWhole(row, BAR_NUMBERS);
      for (const row of rows) addOnce(bars, feeds, row);
    },
    async addQuality(feeds, rows) {
      for (const row of rows) addOnce(quality, feeds, row);
    },
    async between(of, range) {
      return select(bars.all(), feedsOf(of), range);
    },
    async quality(of, range) {
      return select(quality.all(), feedsOf(of), range);
    },
  };
}

const BAR_NUMBERS = ['openMs', 'openE4', 'highE4', 'lowE4', 'closeE4', 'volume', 'fillableVolume', 'faults'] as const;

function addOnce<Row extends Keyed>(table: Table<Owned<Row>>, feeds: Feeds, row: Row): void {
  const feed = feeds.get(row.symbol);
  if (feed === undefined) throw new Error(`${row.symbol} has a feed before its bars are stored`);
  const key = `${feed}/${row.openMs}/${row.symbol}`;
  if (table.insert(key, { owner: feed, row }) || isDeepStrictEqual(table.get(key)?.row, row)) return;
  const message = `${row.symbol} at ${row.openMs} is stored with other values under feed ${feed}`;
  throw new MemoryDatabaseError(message, { code: 'JF001', retryable: false });
}

export function dailyBarRepository({ dailyBars }: Tables): DailyBarRepository {
  return {
    async upsert(rows) {
      for (const row of rows) requireWhole(row, ['session', 'openE4', 'highE4', 'lowE4', 'closeE4', 'volume']);
      for (const row of rows) dailyBars.put(`${row.symbol}/${row.session}`, row);
    },
    async before(symbols, session, limit) {
      return [...symbols].sort().flatMap((symbol) => {
        const rows = dailyBars.where((row) => row.symbol === symbol && row.session < session);
        return rows.toSorted((a, b) => a.session - b.session).slice(-limit);
      });
    },
    contentHash: async (symbols, session) => dailyContentHash(symbols, dailyBars.all(), session),
  };
}

interface Keyed {
  readonly symbol: string;
  readonly openMs: number;
}

/** By time, then symbol. */
function select<Row extends Keyed>(
  owned: readonly Owned<Row>[],
  feeds: Feeds,
  range: { fromMs: number; toMs: number },
): Row[] {
  const isIn = ({ openMs }: Keyed): boolean => openMs >= range.fromMs && openMs < range.toMs;
  return owned
    .filter(({ owner, row }) => feeds.get(row.symbol) === owner && isIn(row))
    .map(({ row }) => row)
    .toSorted((a, b) => a.openMs - b.openMs || byteOrder(a.symbol, b.symbol));
}
