/**
 * The fills of a session as CSV, one line a fill, in ledger order; the line that closes a trade carries its result.
 */

import { toUsd } from '../../../shared/domain/units/units.ts';
import type { TradeRow } from '../../../shared/ports/report-views.ts';
import { formatSessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { type RoundTrip, roundTrips } from '../../../shared/read-models/round-trips.ts';

const COLUMNS = [
  'session',
  'time_utc',
  'minute',
  'symbol',
  'action',
  'kind',
  'quantity',
  'price_usd',
  'commission_usd',
  'exchange_usd',
  'sec_usd',
  'taf_usd',
  'fees_usd',
  'trade_pnl_before_fees_usd',
  'trade_pnl_after_fees_usd',
  'decision_latency_ms',
  'fill_code',
  'order_ref',
  'fill_id',
] as const;

/** Rows of one session. Lines end in CRLF, as RFC 4180 asks. */
export function tradesCsv(session: number, rows: readonly TradeRow[]): string {
  const closing = new Map(roundTrips(rows).map((trip) => [trip.fillId, trip]));
  const lines = rows.map((row) => line(session, row, closing.get(row.fillId)));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

function line(session: number, row: TradeRow, trip: RoundTrip | undefined): string {
  return [
    formatSessionDate(session),
    new Date(row.eventMs).toISOString(),
    row.minuteIndex,
    row.symbol,
    row.side,
    row.kind ?? '',
    row.quantity,
    usd(row.priceE4),
    usd(row.commissionE4),
    usd(row.exchangeE4),
    usd(row.secE4),
    usd(row.tafE4),
    usd(row.feesE4),
    trip === undefined ? '' : usd(trip.grossE4),
    trip === undefined ? '' : usd(trip.grossE4 - trip.feesE4),
    row.latencyMs === null ? '' : row.latencyMs.toFixed(1),
    row.code,
    row.orderRef,
    row.fillId,
  ].join(',');
}

function usd(valueE4: number): string {
  return toUsd(valueE4).toFixed(4);
}
