/**
 * Daily bars, which value at risk and the profile of volume look back on.
 */

import type { DailyBar, DailyBarRepository } from '../../../ports/repositories/market.ts';
import { columns, integer } from '../connection/columns.ts';
import type { Transaction } from '../connection/transaction.ts';

export interface DailyBarDbRow {
  readonly symbol: string;
  readonly session: number;
  readonly open_e4: string;
  readonly high_e4: string;
  readonly low_e4: string;
  readonly close_e4: string;
  readonly volume: string;
}

const UPSERT = {
  name: 'daily-bars-upsert',
  text: `INSERT INTO daily_ohlcv AS old (symbol, session, open_e4, high_e4, low_e4, close_e4, volume)
    SELECT * FROM unnest($1::text[], $2::int[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])
    ON CONFLICT (symbol, session) DO UPDATE SET open_e4 = excluded.open_e4, high_e4 = excluded.high_e4,
      low_e4 = excluded.low_e4, close_e4 = excluded.close_e4, volume = excluded.volume
    WHERE (old.open_e4, old.high_e4, old.low_e4, old.close_e4, old.volume)
      IS DISTINCT FROM (excluded.open_e4, excluded.high_e4, excluded.low_e4, excluded.close_e4, excluded.volume)`,
};

const COLUMNS = 'symbol, session, open_e4, high_e4, low_e4, close_e4, volume';

const BEFORE = {
  name: 'daily-bars-before',
  text: `SELECT bar.* FROM unnest($1::text[]) AS of_symbol CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM daily_ohlcv WHERE symbol = of_symbol AND session < $2 ORDER BY session DESC LIMIT $3
    ) AS bar ORDER BY bar.symbol, bar.session`,
};

/** The lines of dailyContentHash, in its order: that of the bytes. */
const CONTENT_HASH = {
  name: 'daily-bars-content-hash',
  text: `SELECT encode(sha256(convert_to(coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), ''), 'UTF8')), 'hex')
      AS hash
    FROM (SELECT concat_ws(' ', symbol, session, open_e4, close_e4) AS line FROM daily_ohlcv
      WHERE symbol = ANY ($1::text[]) AND session < $2) AS lines`,
};

export const DAILY_BARS_OF = {
  name: 'daily-bars-of',
  text: `SELECT ${COLUMNS} FROM daily_ohlcv WHERE symbol = ANY ($1) ORDER BY symbol, session`,
};

const FIELDS = ['symbol', 'session', 'openE4', 'highE4', 'lowE4', 'closeE4', 'volume'] as const;
/** Rows a statement: its arrays stay well below what one message should hold. */
const ROWS_MAX = 1_000;

export function dailyBarRepository(transaction: Transaction): DailyBarRepository {
  return {
    async upsert(bars) {
      for (let at = 0; at < bars.length; at += ROWS_MAX)
        transaction.write(UPSERT, columns(bars.slice(at, at + ROWS_MAX), FIELDS));
    },
    async before(symbols, session, limit) {
      return (await transaction.read<DailyBarDbRow>(BEFORE, [symbols, session, limit])).map(dailyBar);
    },
    async contentHash(symbols, session) {
      const [row] = await transaction.read<{ hash: string }>(CONTENT_HASH, [symbols, session]);
      return row!.hash;
    },
  };
}

export function dailyBar(row: DailyBarDbRow): DailyBar {
  return {
    symbol: row.symbol,
    session: row.session,
    openE4: integer(row.open_e4, 'daily_ohlcv.open_e4'),
    highE4: integer(row.high_e4, 'daily_ohlcv.high_e4'),
    lowE4: integer(row.low_e4, 'daily_ohlcv.low_e4'),
    closeE4: integer(row.close_e4, 'daily_ohlcv.close_e4'),
    volume: integer(row.volume, 'daily_ohlcv.volume'),
  };
}
