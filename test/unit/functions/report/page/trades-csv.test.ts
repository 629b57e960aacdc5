/**
 * The export: every fill in order, money to the fourth decimal, and results that add up to the day's.
 */

import { expect, it } from 'vitest';
import { tradesCsv } from '../../../../../functions/report/page/trades-csv.ts';
import type { TradeRow } from '../../../../../shared/ports/report-views.ts';

function trade(overrides: Partial<TradeRow>): TradeRow {
  return {
    fillId: 'a.1',
    orderRef: 'a',
    minuteIndex: 30,
    eventMs: Date.UTC(2025, 0, 3, 15, 0),
    symbol: 'AAPL',
    side: 'BUY',
    quantity: 4,
    priceE4: 2_430_100,
    feesE4: 3_620,
    code: 'OPEN',
    kind: 'ENTRY',
    commissionE4: 3_500,
    exchangeE4: 120,
    secE4: 0,
    tafE4: 0,
    latencyMs: 21.46,
    ...overrides,
  };
}

function table(csv: string): Record<string, string>[] {
  const [header = '', ...lines] = csv.trimEnd().split('\r\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
}

it('has the header alone without a fill', () => {
  expect(tradesCsv(20_250_103, [])).toMatch(/^session,time_utc,minute,.*,fill_id\r\n$/);
});

it('writes one line a fill, and the result of a trade on the line that closes it', () => {
  const exit = trade({ fillId: 'b.1', orderRef: 'b', side: 'SELL', kind: 'EXIT', priceE4: 2_440_100, feesE4: 3_900 });
  const [entry, closing] = table(tradesCsv(20_250_103, [trade({}), exit]));
  expect(entry).toMatchObject({
    session: '2025-01-03',
    time_utc: '2025-01-03T15:00:00.000Z',
    minute: '30',
    action: 'BUY',
    price_usd: '243.0100',
    fees_usd: '0.3620',
    trade_pnl_after_fees_usd: '',
    decision_latency_ms: '21.5',
  });
  expect(closing).toMatchObject({ trade_pnl_before_fees_usd: '4.0000', trade_pnl_after_fees_usd: '3.2480' });
});

it('leaves empty what is not known', () => {
  const [line] = table(tradesCsv(20_250_103, [trade({ kind: null, latencyMs: null })]));
  expect(line).toMatchObject({ kind: '', decision_latency_ms: '' });
});
