/**
 * What a run and the version that continues it must agree on.
 */

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EventContract } from '../../../../shared/contracts/envelope.ts';
import { runVersions, versionDifference } from '../../../../shared/contracts/run-versions.ts';

const CONTRACTS = new URL('../../../../shared/contracts/', import.meta.url);
const NOW = runVersions({ symbols: ['AAPL'], policy: 'rule' });

/** The newest version of every message that has a file. */
async function newestContracts(): Promise<string[]> {
  const newest = new Map<string, number>();
  for (const name of readdirSync(CONTRACTS).filter((file) => /\.v\d+\.ts$/.test(file))) {
    const module = (await import(new URL(name, CONTRACTS).href)) as Record<string, Partial<EventContract<unknown>>>;
    for (const { type, version, schema } of Object.values(module)) {
      if (type === undefined || version === undefined || schema === undefined) continue;
      newest.set(type, Math.max(version, newest.get(type) ?? 0));
    }
  }
  return [...newest].map(([type, version]) => `${type}.v${version}`);
}

describe('what a run agrees on', () => {
  it('names every message in its newest version', async () => {
    expect(NOW.contracts.split(' ').toSorted()).toEqual((await newestContracts()).toSorted());
  });

  it('differs in the first thing that changed', () => {
    expect(versionDifference(NOW, { ...NOW })).toBeNull();
    const difference = versionDifference({ ...NOW, ledger: 'JL0', policy: 'hold' }, NOW);
    expect(difference).toEqual({ name: 'ledger', before: 'JL0', now: NOW.ledger });
  });

  it('has other features for another number of symbols', () => {
    expect(runVersions({ symbols: ['AAPL', 'MSFT'], policy: 'rule' }).features).not.toBe(NOW.features);
  });
});
