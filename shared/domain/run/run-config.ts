/**
 * What a run is: its inputs and its seed. Stored with the run, so that the ledger can be derived from SQL alone.
 */

import type { Session } from '../calendar/calendar.ts';
import type { StandingCause } from '../risk/causes.ts';
import type { UsdE4 } from '../units/units.ts';

export const PROFILE_NAMES = ['basic', 'enhanced', 'bench'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export const FEE_TABLE_NAMES = ['tiered', 'fixed'] as const;
export type FeeTableName = (typeof FEE_TABLE_NAMES)[number];

/** `session`: a halted account is re-armed at each open, and the result says so. */
export type RearmMode = 'manual' | 'session';

/** Where prices come from; the source of a single bar or quote is a column of its row. */
export const MARKETS = ['generated', 'recorded', 'ib'] as const;
export type Market = (typeof MARKETS)[number];

/** `simulated`: fills by the core. `log-only`: orders are recorded and never filled. */
export const BROKER_KINDS = ['simulated', 'log-only', 'ib-simulator', 'ib-paper'] as const;
export type BrokerKind = (typeof BROKER_KINDS)[number];

/** Of a start that names none. */
export const MAIN_BOOK = 'main';

/** Where the run before it left the book; a new book begins with its cash. */
export interface Opening {
  readonly cashE4: UsdE4;
  readonly accountPeakE4: UsdE4;
  /** What the drawdown limit counts from. */
  readonly limitReferenceE4: UsdE4;
  readonly causes: readonly StandingCause[];
}

export interface RunConfig {
  readonly runId: string;
  /** The book whose cash, peak and standing causes the run continues. */
  readonly bookId: string;
  readonly market: Market;
  readonly broker: BrokerKind;
  /** Names the origin of the bars in `ohlcv`: `csv`, or `sim-<seed>`. */
  readonly feed: string;
  /** Byte-sorted, unique. */
  readonly symbols: readonly string[];
  /** A name of the policy registry. */
  readonly policy: string;
  readonly profile: ProfileName;
  readonly fees: FeeTableName;
  /** Opening cash of the book. */
  readonly accountUsdE4: UsdE4;
  readonly opening: Opening;
  readonly seed: number;
  /** Stops each session after this many minutes, flat; null: the whole session. */
  readonly minutesMax: number | null;
  readonly rearm: RearmMode;
}

/** Of a book that nothing was traded in yet. */
export function newOpening(cashE4: UsdE4): Opening {
  return { cashE4, accountPeakE4: cashE4, limitReferenceE4: cashE4, causes: [] };
}

/** How many minutes of a session a run trades. */
export function tradedMinutes(config: Pick<RunConfig, 'minutesMax'>, session: Pick<Session, 'minutes'>): number {
  return Math.min(config.minutesMax ?? session.minutes, session.minutes);
}
