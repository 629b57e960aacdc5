/**
 * A session's numbers in words, from the state that the page shows: one sentence for terminal, `status` and the closing
 * line of a session, so that none of them can say another number than the page.
 */

import { minuteName } from '../domain/calendar/exchange-time.ts';
import { counted, usd } from './format.ts';
import type { MoneySection, PageState, SessionSection } from './page-state.ts';

/** `equity $2,503.12, P&L after fees $3.12 (before fees $4.00, fees $0.88)` */
export function moneyLine({ equityUsd, netPnlUsd, grossPnlUsd, feesUsd }: MoneySection): string {
  return `equity ${usd(equityUsd)}, P&L after fees ${usd(netPnlUsd)} (before fees ${usd(grossPnlUsd)}, fees ${usd(feesUsd)})`;
}

/** The account's drawdown, then what the drawdown limit counts, which arming moves. */
export function drawdownLine(money: MoneySection): string {
  const { drawdownUsd, drawdownMaxUsd, limitDrawdownUsd, drawdownLimitUsd } = money;
  const limit =
    drawdownLimitUsd === null
      ? 'no drawdown limit'
      : `against the limit ${usd(limitDrawdownUsd)} of ${usd(drawdownLimitUsd)}`;
  return `drawdown ${usd(drawdownUsd)}, largest ${usd(drawdownMaxUsd)}; ${limit}`;
}

/** `2 entries, 1 exit, 2 protective stops; 3 fills` */
export function ordersLine({ orders, fills }: MoneySection): string {
  const kinds = [
    counted(orders.ENTRY, 'entry', 'entries'),
    counted(orders.EXIT, 'exit'),
    counted(orders.STOP, 'protective stop'),
  ];
  return `${kinds.join(', ')}; ${counted(fills, 'fill')}`;
}

/** `session 2025-01-03, minute 232 of 390, HALTED`, then a line for each cause that stands. */
export function sessionLines({ date, lastMinute, minutes, state, closed, causes }: SessionSection): string[] {
  const minute = lastMinute < 0 ? 'before the first minute' : `${minuteName(lastMinute)} of ${minutes}`;
  return [`session ${date}, ${closed ? 'closed' : minute}, ${state}`, ...causes.map(({ text }) => `  ${text}`)];
}

/** What a session came to; empty where there is nothing to say. */
export function closingLines({ session, money }: PageState): string[] {
  if (session === null || money === null) return [];
  const [head = '', ...causes] = sessionLines(session);
  return [
    `${head}: ${moneyLine(money)}; largest drawdown ${usd(money.drawdownMaxUsd)}; ${ordersLine(money)}`,
    ...causes,
  ];
}
