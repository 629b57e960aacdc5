/**
 * A rebuilt observation is the one that the last minute was decided on, or the run does not go on.
 */

import { describe, expect, it } from 'vitest';
import { reconcileObservation } from '../../../../functions/signal/reconcile.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { runConfig, SESSION } from '../../../support/core/core.ts';
import { decision } from '../../../support/database/trading-rows.ts';
import { signal } from '../../../support/trading/messages.ts';

const AT = { session: SESSION.date, minuteIndex: 40 };
/** 11 features for each of two symbols, then their positions. */
const SEEN = Array.from({ length: 24 }, (_, at) => at / 8);

async function reconcile(observation: readonly number[], stored: readonly number[] | null = SEEN): Promise<void> {
  const database = createMemoryDatabase();
  const seen = stored === null ? null : signal({ ...AT, observation: [...stored] }).data;
  await database.transaction(({ decisions }) =>
    decisions.add({ runId: 'run-1', cause: 'minute', decision: decision({ ...AT, orders: [] }), signal: seen }),
  );
  await database.transaction((repositories) => reconcileObservation(runConfig(), AT, observation, repositories));
}

const changed = (at: number): number[] => SEEN.map((value, i) => (i === at ? value + 0.125 : value));

describe('a restart of signal', () => {
  it('goes on with the observation that the last minute was decided on', async () => {
    await expect(reconcile(SEEN)).resolves.toBeUndefined();
  });

  it('goes on after a minute that was decided without a signal', async () => {
    await expect(reconcile(changed(0), null)).resolves.toBeUndefined();
  });

  it.each([
    [0, 'logReturn1m of AAPL', 'stored 0, derived 0.125'],
    [12, 'logReturn5m of MSFT', 'stored 1.5, derived 1.625'],
    [23, 'observed position of MSFT', 'stored 2.875, derived 3'],
  ])('refuses another one, and names what differs: value %i', async (at, what, value) => {
    await expect(reconcile(changed(at))).rejects.toMatchObject({
      name: 'RefusedMessageError',
      refusal: { reason: 'other-than-stored', field: `${what} in session 20250103, minute 41`, value },
    });
  });
});
