/**
 * Minute bars and what was found wrong with them.
 *
 * A bar that arrives again corrects the one before it: a good one clears the faults recorded for its minute, a
 * hard-faulted one takes the good one away.
 */

import { faultBits, type FaultCode, faultCodes } from '../../../domain/quality/faults.ts';
import type { BarRepository, BarRow, QualityRow } from '../../../ports/repositories.ts';
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

const UPSERT = {
  name: 'bars-upsert',
  text: `WITH bar AS (
      SELECT symbol, to_timestamp(open_ms / 1000.0) AS ts, open_e4, high_e4, low_e4, close_e4, volume, fillable_volume, faults
      FROM unnest($2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[], $9::int8[], $10::int[])
        AS given(symbol, open_ms, open_e4, high_e4, low_e4, close_e4, volume, fillable_volume, faults)
    ), cured AS (
      DELETE FROM data_quality q USING bar b
      WHERE q.feed = $1 AND q.symbol = b.symbol AND q.ts = b.ts AND b.faults = 0
    )
    INSERT INTO ohlcv AS old (feed, symbol, ts, open_e4, high_e4, low_e4, close_e4, volume, fillable_volume, faults)
    SELECT $1, * FROM bar
    ON CONFLICT (feed, symbol, ts) DO UPDATE SET
      open_e4 = excluded.open_e4, high_e4 = excluded.high_e4, low_e4 = excluded.low_e4, close_e4 = excluded.close_e4,
      volume = excluded.volume, fillable_volume = excluded.fillable_volume, faults = excluded.faults
    WHERE (old.open_e4, old.high_e4, old.low_e4, old.close_e4, old.volume, old.fillable_volume, old.faults)
      IS DISTINCT FROM (excluded.open_e4, excluded.high_e4, excluded.low_e4, excluded.close_e4, excluded.volume,
        excluded.fillable_volume, excluded.faults)`,
};

const RECORD_QUALITY = {
  name: 'bars-record-quality',
  text: `WITH verdict AS (
      SELECT symbol, to_timestamp(open_ms / 1000.0) AS ts, string_to_array(codes, ',') AS codes, hard, raw
      FROM unnest($2::text[], $3::int8[], $4::text[], $5::bool[], $6::text[]) AS given(symbol, open_ms, codes, hard, raw)
    ), withdrawn AS (
      DELETE FROM ohlcv o USING verdict v
      WHERE o.feed = $1 AND o.symbol = v.symbol AND o.ts = v.ts AND v.hard
    )
    INSERT INTO data_quality (feed, symbol, ts, codes, hard, raw)
    SELECT $1, * FROM verdict
    ON CONFLICT (feed, symbol, ts) DO UPDATE SET codes = excluded.codes, hard = excluded.hard, raw = excluded.raw`,
};

const IN_RANGE = `feed = $1 AND symbol = ANY ($2) AND ts >= to_timestamp($3::float8 / 1000) AND ts < to_timestamp($4::float8 / 1000)`;
const OPEN_MS = `(extract(epoch FROM ts) * 1000)::int8 AS open_ms`;

export const BAR_COLUMNS = `symbol, ${OPEN_MS}, open_e4, high_e4, low_e4, close_e4, volume, fillable_volume, faults`;

export const BARS_BETWEEN = {
  name: 'bars-between',
  text: `SELECT ${BAR_COLUMNS} FROM ohlcv WHERE ${IN_RANGE} ORDER BY ts, symbol`,
};

const QUALITY_BETWEEN = {
  name: 'bars-quality-between',
  text: `SELECT symbol, ${OPEN_MS}, codes, hard, raw FROM data_quality WHERE ${IN_RANGE} ORDER BY ts, symbol`,
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
    async upsert(feed, bars) {
      if (bars.length > 0) transaction.write(UPSERT, [feed, ...columns(bars, BAR_FIELDS)]);
    },
    async recordQuality(feed, rows) {
      if (rows.length === 0) return;
      const codes = rows.map(({ faults }) => faultCodes(faults).join(','));
      const [symbol, openMs, hard, raw] = columns(rows, ['symbol', 'openMs', 'hard', 'raw']);
      transaction.write(RECORD_QUALITY, [feed, symbol, openMs, codes, hard, raw]);
    },
    async between(feed, { fromMs, toMs }, symbols) {
      const rows = await transaction.read<BarDbRow>(BARS_BETWEEN, [feed, symbols, fromMs, toMs]);
      return rows.map(barRow);
    },
    async quality(feed, { fromMs, toMs }, symbols) {
      const rows = await transaction.read<QualityDbRow>(QUALITY_BETWEEN, [feed, symbols, fromMs, toMs]);
      return rows.map(qualityRow);
    },
  };
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
