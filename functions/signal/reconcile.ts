/**
 * Whether the observation that signal has rebuilt is the one that the last minute was decided on.
 */

import { FEATURE_COUNT, FEATURE_NAMES } from '../../shared/domain/features/feature-schema.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import type { MinuteOfRun } from '../../shared/ports/repositories/decisions.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';
import { refuseMismatch } from '../../shared/runtime/minute-guards.ts';

/**
 * Throws RefusedMessageError naming the first value that differs. A minute that was decided without a signal says
 * nothing.
 */
export async function reconcileObservation(
  { runId, symbols }: RunConfig,
  at: MinuteOfRun,
  observation: ArrayLike<number>,
  { decisions }: Pick<Repositories, 'decisions'>,
): Promise<void> {
  const signal = await decisions.signalOf(runId, at);
  if (signal === null) return;
  const index = signal.observation.findIndex((value, i) => value !== observation[i]);
  if (index === -1) return;
  const { symbol, what } = placeOf(index, symbols);
  const [stored, derived] = [signal.observation[index]!, observation[index]!];
  throw refuseMismatch({ ...at, symbol, what, stored, derived });
}

/** Features of each symbol, then one position each. */
function placeOf(index: number, symbols: readonly string[]): { symbol: string; what: string } {
  const features = symbols.length * FEATURE_COUNT;
  if (index >= features) return { symbol: symbols[index - features]!, what: 'observed position' };
  return { symbol: symbols[Math.floor(index / FEATURE_COUNT)]!, what: FEATURE_NAMES[index % FEATURE_COUNT]! };
}
