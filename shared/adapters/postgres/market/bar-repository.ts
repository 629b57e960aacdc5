/**
 * Minute bars and what was found wrong with them, by feed. A feed names its content, so a row is written once.
 */

import { faultBits, type FaultCode, faultCodes } from '../../../domain/quality/faults.ts';
import { assert } from '../../../domain/units/units.ts';
import type { BarRepository, BarRow, QualityRow } from '../../../ports/repositories/market.ts';
import type { Feeds } from '../../../ports/repositories/runs.ts';
import { columns, integer } from '../connection/columns.ts';
import type { Transaction } from '../connection/transaction.ts';

export interface BarDbRow {
  readonly symbol: string;
  readonly open_ms: string;
  readonly open_e4: string;
  readonly high_e4: string;
  readonly low_e4: string;
  readonly close_e4: string;
  readonly volume: string;
  readonly fillable_volume: string;
  readonly faults: number;
}

interface QualityDbRow {
  readonly symbol: string;
  readonly open_ms: string;
  readonly codes: FaultCode[];
  readonly hard: boolean;
  readonly raw: string;
}

const IN_TIME = 'ts >= to_timestamp($3::float8 / 1000) AND ts < to_timestamp($4::float8 / 1000)';
const BAR_VALUES = 'open_e4, high_e4, low_e4, close_e4, volume, fillable_volume, faults';

/** The last part finds rows of earlier statements only: its own are not there yet. */
const ADD = {
  name: 'bars-add',
  text: `WITH bar AS (
      SELECT feed, symbol, to_timestamp(open_ms / 1000.0) AS ts, ${BAR_VALUES}
      FROM unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[],
        $9::int8[], $10::int[]) AS given(feed, symbol, open_ms, ${BAR_VALUES})
    ), added AS (
      INSERT INTO ohlcv (feed, symbol, ts, ${BAR_VALUES}) SELECT * FROM bar ON CONFLICT (feed, symbol, ts) DO NOTHING
    )
    SELECT md.refuse_other_row('bars', stored.feed, stored.symbol, stored.ts)
    FROM bar JOIN ohlcv stored USING (feed, symbol, ts)
    WHERE (${valuesOf('stored', BAR_VALUES)}) IS DISTINCT FROM (${valuesOf('bar', BAR_VALUES)})`,
};

const QUALITY_VALUES = 'codes, hard, raw';

const ADD_QUALITY = {
  name: 'bars-add-quality',
  text: `WITH verdict AS (
      SELECT feed, symbol, to_timestamp(open_ms / 1000.0) AS ts, string_to_array(codes, ',') AS codes, hard, raw
      FROM unnest($1::text[], $2::text[], $3::int8[], $4::text[], $5::bool[], $6::text[])
        AS given(feed, symbol, open_ms, codes, hard, raw)
    ), added AS (
      INSERT INTO data_quality (feed, symbol, ts, ${QUALITY_VALUES}) SELECT * FROM verdict
      ON CONFLICT (feed, symbol, ts) DO NOTHING
    )
    SELECT md.refuse_other_row('faults', stored.feed, stored.symbol, stored.ts)
    FROM verdict JOIN data_quality stored USING (feed, symbol, ts)
    WHERE (${valuesOf('stored', QUALITY_VALUES)}) IS DISTINCT FROM (${valuesOf('verdict', QUALITY_VALUES)})`,
};

/** Rows of one session of one run, on the bars that it was played on. */
const OF_SESSION = `session_feeds f JOIN $table USING (feed, symbol)
  WHERE f.run_id = $1 AND f.session = $2 AND ${IN_TIME}
  ORDER BY ts, symbol`;
const OPEN_MS = `(extract(epoch FROM ts) * 1000)::int8 AS open_ms`;

export const BAR_COLUMNS = `symbol, ${OPEN_MS}, ${BAR_VALUES}`;

export const BARS_BETWEEN = {
  name: 'bars-between',
  text: `SELECT ${BAR_COLUMNS} FROM ${OF_SESSION.replace('$table', 'ohlcv')}`,
};

const QUALITY_BETWEEN = {
  name: 'bars-quality-between',
  text: `SELECT symbol, ${OPEN_MS}, codes, hard, raw FROM ${OF_SESSION.replace('$table', 'data_quality')}`,
};

const BAR_FIELDS = [
  'symbol',
  'openMs',
  'openE4',
  'highE4',
  'lowE4',
  'closeE4',
  'volume',
  'fillableVolume',
  'faults',
] as const satisfies readonly (keyof BarRow)[];

export function barRepository(transaction: Transaction): BarRepository {
  return {
    async add(feeds, bars) {
      if (bars.length > 0) transaction.write(ADD, [feedOf(feeds, bars), ...columns(bars, BAR_FIELDS)]);
    },
    async addQuality(feeds, rows) {
      if (rows.length === 0) return;
      const codes = rows.map(({ faults }) => faultCodes(faults).join(','));
      const [symbol, openMs, hard, raw] = columns(rows, ['symbol', 'openMs', 'hard', 'raw']);
      transaction.write(ADD_QUALITY, [feedOf(feeds, rows), symbol, openMs, codes, hard, raw]);
    },
    async between({ runId, session }, { fromMs, toMs }) {
      const rows = await transaction.read<BarDbRow>(BARS_BETWEEN, [runId, session, fromMs, toMs]);
      return rows.map(barRow);
    },
    async quality({ runId, session }, { fromMs, toMs }) {
      const rows = await transaction.read<QualityDbRow>(QUALITY_BETWEEN, [runId, session, fromMs, toMs]);
      return rows.map(qualityRow);
    },
  };
}

function feedOf(feeds: Feeds, rows: readonly { readonly symbol: string }[]): string[] {
  return rows.map(({ symbol }) => {
    const feed = feeds.get(symbol);
    assert(feed !== undefined, `${symbol} has a feed before its bars are stored`);
    return feed;
  });
}

function valuesOf(table: string, columnNames: string): string {
  return columnNames
    .split(', ')
    .map((name) => `${table}.${name}`)
    .join(', ');
}

export function barRow(row: BarDbRow): BarRow {
  return {
    symbol: row.symbol,
    openMs: integer(row.open_ms, 'ohlcv.ts'),
    openE4: integer(row.open_e4, 'ohlcv.open_e4'),
    highE4: integer(row.high_e4, 'ohlcv.high_e4'),
    lowE4: integer(row.low_e4, 'ohlcv.low_e4'),
    closeE4: integer(row.close_e4, 'ohlcv.close_e4'),
    volume: integer(row.volume, 'ohlcv.volume'),
    fillableVolume: integer(row.fillable_volume, 'ohlcv.fillable_volume'),
    faults: row.faults,
  };
}

function qualityRow({ symbol, open_ms, codes, hard, raw }: QualityDbRow): QualityRow {
  return { symbol, openMs: integer(open_ms, 'data_quality.ts'), faults: faultBits(codes), hard, raw };
}
