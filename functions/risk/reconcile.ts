/**
 * Whether the account that risk has restored is what the run's fills amount to, and whether the daily bars that it was
 * decided on are still what they were.
 */

import type { Repositories } from '../../shared/ports/repositories.ts';
import { refuseMismatch } from '../../shared/runtime/minute-guards.ts';
import { loadDailyHash, type RunState } from './run-state.ts';

/** Throws RefusedMessageError naming the first symbol whose position, or else the cash, is another one. */
export async function reconcileAccount(
  { runId, config, stage }: RunState,
  { execution }: Pick<Repositories, 'execution'>,
): Promise<void> {
  const at = { session: stage.session, minuteIndex: stage.lastMinute };
  const held = await execution.held(runId, at);
  for (const [s, symbol] of config.symbols.entries()) {
    const stored = stage.account.quantity[s]!;
    const derived = held.find((each) => each.symbol === symbol)?.quantity ?? 0;
    if (stored !== derived) throw refuseMismatch({ ...at, symbol, what: 'position', stored, derived });
  }
  const derived = config.opening.cashE4 + held.reduce((sum, { cashE4 }) => sum + cashE4, 0);
  const { cashE4: stored } = stage.account;
  if (stored !== derived) throw refuseMismatch({ ...at, symbol: 'the account', what: 'cash', stored, derived });
}

/**
 * Throws RefusedMessageError where the daily bars before the session that the run stands in are not those that it was
 * decided on. Bars of later days may have come since.
 */
export async function reconcileDailyBars(
  { config, stage, dailyHash: stored }: RunState,
  parts: Repositories,
): Promise<void> {
  if (stored === null) return;
  const { session, lastMinute: minuteIndex } = stage;
  const derived = await loadDailyHash(config, session, parts);
  if (derived === null || derived === stored) return;
  const what = 'digest of the daily bars';
  throw refuseMismatch({ session, minuteIndex, symbol: 'the run', what, stored, derived });
}
