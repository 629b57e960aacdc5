/**
 * Rows of a JL1 ledger as JL2 writes them, where no ruling changed what happened: state and cause become the mask of
 * causes, and the one peak becomes both the account's and the reference of the drawdown limit.
 */

import { type Cause, maskOf } from '../../../shared/domain/risk/causes.ts';

const STATES = ['ACTIVE', 'REDUCING', 'HALTED'];
const CAUSES = [
  'NONE',
  'DAILY_LOSS',
  'DRAWDOWN',
  'OPERATOR',
  'FEED_DEAD',
  'BACKUP_FEED',
  'RUNNER_DEAD',
  'AUDIT_FAILED',
];

export function rowOfJl1(row: string): string {
  const [kind, ...fields] = row.split(',');
  if (kind === 'D') {
    const [eventMs, minute, state, cause, ...symbols] = fields;
    return ['D', eventMs, minute, maskOfJl1(STATES[Number(state)]!, CAUSES[Number(cause)]!), ...symbols].join(',');
  }
  if (kind !== 'A') return row;
  const [eventMs, state, cause, session, cash, equity, peak, ...rest] = fields;
  return ['A', eventMs, maskOfJl1(state!, cause!), session, cash, equity, peak, peak, ...rest].join(',');
}

function maskOfJl1(state: string, cause: string): number {
  return cause === 'NONE' ? 0 : maskOf([{ cause: causeOfJl1(state, cause) }]);
}

function causeOfJl1(state: string, cause: string): Cause {
  if (cause === 'BACKUP_FEED') return 'FEED_BACKUP';
  if (cause !== 'OPERATOR') return cause as Cause;
  return state === 'HALTED' ? 'OPERATOR_HALT' : 'OPERATOR_FLATTEN';
}

/** What a ruling of JL2 changes in a row, taken out of it: what is left must be as it was. */
export const RULINGS = {
  /** Every cause that stands is in the mask, not only the one that was set last. */
  'set of causes': (row: string): string => (/^[DA],/.test(row) ? withoutField(row, row.startsWith('D') ? 3 : 2) : row),
  /** No arming resets the account's peak. */
  'two drawdowns': (row: string): string => (row.startsWith('A,') ? withoutField(row, 6) : row),
  /** The distance of a stop leaves room for half spread, impact and a tick. */
  'single loss': (row: string): string => (/^O,\d+,[^,]+,STOP,/.test(row) ? withoutField(row, 9) : row),
  /** Entries of one minute are judged in the order of a hash. What follows from that differs from there on. */
  'entry turns': (row: string): string => row,
} as const satisfies Readonly<Record<string, (row: string) => string>>;
export type Ruling = keyof typeof RULINGS;

export function withoutRulings(row: string, rulings: readonly Ruling[]): string {
  return rulings.reduce((left, ruling) => RULINGS[ruling](left), row);
}

function withoutField(row: string, place: number): string {
  return row
    .split(',')
    .map((field, at) => (at === place ? '*' : field))
    .join(',');
}
