/**
 * A run is named after what it is: the same options name the same run.
 */

import { describe, expect, it } from 'vitest';
import { feedOf, runIdOf } from '../../../../local/stack/run-id.ts';
import { newOpening } from '../../../../shared/domain/run/run-config.ts';
import { RUN_ID } from '../../../../shared/contracts/envelope.ts';

const CONFIG = {
  market: 'generated',
  broker: 'simulated',
  feed: 'sim-1',
  symbols: ['AAPL', 'MSFT'],
  policy: 'rule',
  profile: 'basic',
  fees: 'tiered',
  accountUsdE4: 25_000_000,
  opening: newOpening(25_000_000),
  seed: 1,
  minutesMax: null,
  rearm: 'manual',
} as const;
const SOURCE = { kind: 'generated', seed: 1, startSession: 20_260_105 } as const;

describe('run id', () => {
  it('is valid in messages, and does not depend on the order of fields', () => {
    const id = runIdOf('paper', CONFIG, SOURCE);
    expect(RUN_ID.safeParse(id).success).toBe(true);
    expect(runIdOf('paper', Object.fromEntries(Object.entries(CONFIG).reverse()) as typeof CONFIG, SOURCE)).toBe(id);
  });

  it.each([
    ['seed', { ...CONFIG, seed: 2 }, SOURCE],
    ['policy', { ...CONFIG, policy: 'random' as const }, SOURCE],
    ['symbols', { ...CONFIG, symbols: ['AAPL'] }, SOURCE],
    ['source', CONFIG, { ...SOURCE, startSession: 20_260_106 }],
  ])('changes with the %s', (_name, config, source) => {
    expect(runIdOf('paper', config, source)).not.toBe(runIdOf('paper', CONFIG, SOURCE));
  });

  it('names feeds after their origin', () => {
    expect(feedOf(SOURCE)).toBe('sim-1');
    const bars = (barsDir: string) => feedOf({ kind: 'csv', barsDir, sessions: [20_250_103] });
    expect(bars('/a')).not.toBe(bars('/b'));
    expect(bars('/a')).toMatch(/^csv-[0-9a-f]{10}$/);
  });
});
