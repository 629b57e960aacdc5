/**
 * Valid rows of a run for tests of what stores and reads them; a test shows only the values it is about.
 */

import type { Fill, Order } from '../../../shared/domain/orders/types.ts';
import type { Decision } from '../../../shared/domain/risk/types.ts';
import type { AccountRow, EquityRow, PositionRow } from '../../../shared/ports/repositories/accounts.ts';
import type { BarRow, DailyBar } from '../../../shared/ports/repositories/market.ts';

export const SESSION = 20250103;
export const OPEN_MS = Date.UTC(2025, 0, 3, 14, 30);
const MINUTE_MS = 60_000;

export function barRow(overrides: Partial<BarRow> = {}): BarRow {
  return {
    symbol: 'AAPL',
    openMs: OPEN_MS,
    openE4: 2_430_000,
    highE4: 2_431_000,
    lowE4: 2_429_000,
    closeE4: 2_430_500,
    volume: 10_000,
    fillableVolume: 10_000,
    faults: 0,
    ...overrides,
  };
}

export function dailyBar(overrides: Partial<DailyBar> = {}): DailyBar {
  return {
    symbol: 'AAPL',
    session: SESSION,
    openE4: 2_430_000,
    highE4: 2_450_000,
    lowE4: 2_420_000,
    closeE4: 2_440_000,
    volume: 40_000_000,
    ...overrides,
  };
}

export function order(overrides: Partial<Order> = {}): Order {
  const minuteIndex = overrides.minuteIndex ?? 29;
  return {
    orderRef: `20250103-${String(minuteIndex).padStart(3, '0')}-AAPL-N`,
    kind: 'ENTRY',
    symbol: 'AAPL',
    side: 'BUY',
    quantity: 4,
    type: 'LIMIT',
    limitPriceE4: 2_434_900,
    stopPriceE4: 0,
    referencePriceE4: 2_430_000,
    parentRef: '',
    session: SESSION,
    minuteIndex,
    eventMs: OPEN_MS + (minuteIndex + 1) * MINUTE_MS,
    ...overrides,
  };
}

export function decision(overrides: Partial<Decision> = {}): Decision {
  const minuteIndex = overrides.minuteIndex ?? 29;
  return {
    session: SESSION,
    minuteIndex,
    minutes: 390,
    eventMs: OPEN_MS + (minuteIndex + 1) * MINUTE_MS,
    state: 'ACTIVE',
    causes: [],
    equityE4: 25_000_000,
    symbols: [
      { symbol: 'AAPL', action: 2, verdict: 'APPROVED', quantity: 4, detail: null },
      {
        symbol: 'MSFT',
        action: 2,
        verdict: 'LEVERAGE_EXCEEDS_MAX',
        quantity: 0,
        detail: { limit: 1, value: 1.25, wouldPass: 0.5, unit: 'fraction' },
      },
    ],
    orders: [],
    cancels: [],
    ...overrides,
  };
}

export function fill(overrides: Partial<Fill> = {}): Fill {
  return {
    fillId: '20250103-029-AAPL-N-1',
    orderRef: '20250103-029-AAPL-N',
    symbol: 'AAPL',
    side: 'BUY',
    quantity: 4,
    priceE4: 2_430_100,
    fees: { commissionE4: 3_500, exchangeE4: 120, secE4: 0, tafE4: 0 },
    code: 'OPEN',
    session: SESSION,
    minuteIndex: 30,
    eventMs: OPEN_MS + 31 * MINUTE_MS,
    sequence: 0,
    ...overrides,
  };
}

export function accountRow(overrides: Partial<AccountRow> = {}): AccountRow {
  return {
    runId: 'run-1',
    session: SESSION,
    lastMinute: 29,
    closed: false,
    openingCashE4: 25_000_000,
    cashE4: 24_000_000,
    equityE4: 25_010_000,
    accountPeakE4: 25_030_000,
    limitReferenceE4: 25_020_000,
    realizedE4: -5_000,
    feesE4: 3_620,
    maxDrawdownE4: 20_000,
    maxLimitDrawdownE4: 10_000,
    tradingState: 'ACTIVE',
    causes: [],
    snapshot: '{"v":1}',
    dailyHash: null,
    ...overrides,
  };
}

export function positionRow(overrides: Partial<PositionRow> = {}): PositionRow {
  return { symbol: 'AAPL', quantity: 4, costE4: 9_720_400, markE4: 2_430_500, stopPriceE4: 2_370_000, ...overrides };
}

export function equityRow(overrides: Partial<EquityRow> = {}): EquityRow {
  return {
    session: SESSION,
    minuteIndex: 29,
    eventMs: OPEN_MS + 30 * MINUTE_MS,
    equityE4: 25_010_000,
    cashE4: 24_000_000,
    feesE4: 3_620,
    drawdownE4: 20_000,
    limitDrawdownE4: 10_000,
    ...overrides,
  };
}
