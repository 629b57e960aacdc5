/**
 * What a policy may want of a symbol. The numbers are those of messages, models and the ledger.
 */

export const SELL = 0;
export const HOLD = 1;
export const BUY = 2;
export type Action = typeof SELL | typeof HOLD | typeof BUY;
export const ACTION_NAMES = ['SELL', 'HOLD', 'BUY'] as const;

/** A BUY fills in the next minute and has to be flat again two minutes later, at the open of the session's last. */
const MINUTES_FOR_A_TRADE = 3;

/** The last minute of a session whose BUY may still become an entry. */
export function lastEntryMinute(minutes: number): number {
  return minutes - MINUTES_FOR_A_TRADE;
}
