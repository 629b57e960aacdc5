/**
 * What a run is: its inputs and its seed. Stored with the run, so that the ledger can be derived from SQL alone.
 */

import type { ProfileName } from '../profile/profile.ts';
import type { FeeTableName } from '../execution/fee-tables.ts';
import type { Opening } from '../risk/opening.ts';
import type { RearmMode } from '../risk/types.ts';
import type { Session } from '../calendar/calendar.ts';
import type { UsdE4 } from '../units/units.ts';

/** Where prices come from; the source of a single bar or quote is a column of its row. */
export const MARKETS = ['generated', 'recorded', 'ib'] as const;
export type Market = (typeof MARKETS)[number];

/** `simulated`: fills by the core. `log-only`: orders are recorded and never filled. */
export const BROKER_KINDS = ['simulated', 'log-only', 'ib-simulator', 'ib-paper'] as const;
export type BrokerKind = (typeof BROKER_KINDS)[number];

/** Of a start that names none. */
export const MAIN_BOOK = 'main';

export interface RunConfig {
  readonly runId: string;
  /** The book whose cash, peak and standing causes the run continues. */
  readonly bookId: string;
  readonly market: Market;
  readonly broker: BrokerKind;
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

/** How many minutes of a session a run trades. */
export function tradedMinutes(config: Pick<RunConfig, 'minutesMax'>, session: Pick<Session, 'minutes'>): number {
  return Math.min(config.minutesMax ?? session.minutes, session.minutes);
}
