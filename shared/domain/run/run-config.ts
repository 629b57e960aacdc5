/**
 * What a run is: its inputs and its seed. Stored with the run, so that the ledger can be derived from SQL alone.
 */

import type { ProfileName } from '../risk/types.ts';
import type { UsdE4 } from '../units/units.ts';

export const POLICY_NAMES = ['rule', 'hold', 'random'] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

export const FEE_TABLE_NAMES = ['tiered', 'fixed'] as const;
export type FeeTableName = (typeof FEE_TABLE_NAMES)[number];

/** `session`: a halted account is re-armed at each open, and the result says so. */
export type RearmMode = 'manual' | 'session';

export interface RunConfig {
  readonly runId: string;
  /** Names the origin of the bars in `ohlcv`: `csv`, or `sim-<seed>`. */
  readonly feed: string;
  /** Byte-sorted, unique. */
  readonly symbols: readonly string[];
  readonly policy: PolicyName;
  readonly profile: ProfileName;
  readonly fees: FeeTableName;
  readonly accountUsdE4: UsdE4;
  readonly seed: number;
  /** Stops each session after this many minutes, flat; null: the whole session. */
  readonly minutesMax: number | null;
  readonly rearm: RearmMode;
}
