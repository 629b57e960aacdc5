/**
 * The configuration of a run as it stands in the stack file and in SQL, read by one schema.
 */

import * as z from 'zod';
import { findPolicy, POLICY_NAMES } from '../domain/policy/registry.ts';
import { CAUSES } from '../domain/risk/causes.ts';
import { BROKER_KINDS, MARKETS, type RunConfig } from '../domain/run/run-config.ts';
import { newOpening } from '../domain/risk/opening.ts';
import { FEE_TABLE_NAMES } from '../domain/execution/fee-tables.ts';
import { PROFILE_NAMES } from '../domain/profile/profile.ts';
import { EPOCH_MS, MONEY_E4, RUN_ID, SYMBOL } from './envelope.ts';

const opening = z.strictObject({
  cashE4: MONEY_E4,
  accountPeakE4: MONEY_E4,
  limitReferenceE4: MONEY_E4,
  causes: z.array(z.strictObject({ cause: z.enum(CAUSES), sinceMs: EPOCH_MS, by: z.string(), why: z.string() })),
});

const current = z.strictObject({
  runId: RUN_ID,
  bookId: RUN_ID,
  market: z.enum(MARKETS),
  broker: z.enum(BROKER_KINDS),
  symbols: z.array(SYMBOL).min(1),
  policy: z.string().refine((name) => findPolicy(name) !== null, { error: `is not one of ${POLICY_NAMES.join(', ')}` }),
  profile: z.enum(PROFILE_NAMES),
  fees: z.enum(FEE_TABLE_NAMES),
  accountUsdE4: MONEY_E4.positive(),
  opening,
  seed: z.int().min(0).max(0xffff_ffff),
  minutesMax: z.int().min(1).max(390).nullable(),
  rearm: z.enum(['manual', 'session']),
});

export const runConfigSchema: z.ZodType<RunConfig> = z.preprocess(ofEarlierVersion, current);

/** A run stored before there were books has one of its own, opened with its account. */
function ofEarlierVersion(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'bookId' in value) return value;
  const { feed, ...stored } = value as Partial<RunConfig> & { feed?: string };
  return {
    ...stored,
    bookId: stored.runId,
    market: feed?.startsWith('sim-') ? 'generated' : 'recorded',
    broker: 'simulated',
    opening: newOpening(stored.accountUsdE4 ?? 0),
  };
}
