/**
 * One schema reads the configuration of a run, that of earlier versions included.
 */

import { describe, expect, it } from 'vitest';
import { runConfigSchema } from '../../../../shared/contracts/run-config.ts';
import { newOpening } from '../../../../shared/domain/risk/opening.ts';
import { runConfig } from '../../../support/core/core.ts';

describe('the configuration of a run', () => {
  it('comes back from JSON as it was', () => {
    const opening = {
      ...newOpening(25_000_000),
      causes: [{ cause: 'OPERATOR_HALT' as const, sinceMs: 5, by: 'cli:uid-1000', why: 'lunch' }],
    };
    const config = runConfig({ bookId: 'main', market: 'generated', opening });
    expect(runConfigSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it.each([
    ['sim-7', 'generated'],
    ['csv-0a1b2c3d4e', 'recorded'],
  ])('gives a run from before there were books one of its own, feed %s', (feed, market) => {
    const { bookId: _, market: __, broker: ___, opening: ____, ...old } = runConfig({ accountUsdE4: 11_000_000 });
    expect(runConfigSchema.parse({ ...old, feed })).toMatchObject({
      bookId: old.runId,
      market,
      broker: 'simulated',
      opening: newOpening(11_000_000),
    });
  });

  it.each([
    ['a market that nobody knows', { market: 'moon' }],
    ['a field that nobody knows', { lunch: true }],
    ['an account without money', { accountUsdE4: 0 }],
  ])('refuses %s', (_name, change) => {
    expect(runConfigSchema.safeParse({ ...runConfig(), ...change }).success).toBe(false);
  });
});
