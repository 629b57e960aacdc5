/**
 * From the options of `start` to a run: which one is continued, and whose book it goes on with.
 */

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MarketOptions, planStart, readMarket } from '../../../../local/stack/start-plan.ts';
import { barFolder, removeCsvFolders } from '../../../support/bars/bar-files.ts';
import { bar, NEXT_SESSION, SESSION, tableOf } from '../../../support/core/core.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-start-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
  removeCsvFolders();
});

const OPTIONS: MarketOptions = {
  symbols: ['AAPL'],
  policy: 'rule',
  profile: 'basic',
  fees: 'tiered',
  account: 25_000_000,
  seed: 1,
  speed: { kind: 'max' },
  startDate: SESSION.date,
};

async function planned(changes: Partial<MarketOptions> = {}) {
  const options = { ...OPTIONS, ...changes };
  const { file, isNewRun } = await planStart(options, readMarket(options), { pagePort: null, dataDir: dir });
  return { ...file.run, isNewRun };
}

describe('a start', () => {
  it('continues the run of the same options, and begins another one where it is asked to', async () => {
    const first = await planned();
    expect(first).toMatchObject({ isNewRun: true, bookId: 'main', market: 'generated', broker: 'simulated' });
    expect(await planned()).toMatchObject({ isNewRun: false, runId: first.runId });
    expect(await planned({ speed: { kind: 'realtime' } })).toMatchObject({ isNewRun: false, runId: first.runId });
    const another = await planned({ newRun: true });
    expect(another.isNewRun).toBe(true);
    expect(another.runId).not.toBe(first.runId);
  });

  it('on recorded bars has a book of its own, and means the same run whatever the folder holds by now', async () => {
    const bars = barFolder(['AAPL'], new Map([[SESSION.date, tableOf([[bar(), bar()]])]]));
    const first = await planned({ bars });
    expect(first).toMatchObject({ market: 'recorded', bookId: first.runId });
    expect(await planned({ bars })).toMatchObject({ isNewRun: false, runId: first.runId });
  });

  it('refuses a session that a symbol lacks where it is told to, and lists it otherwise', () => {
    const table = tableOf([[bar(), bar()]]);
    const both = new Map([SESSION, NEXT_SESSION].map(({ date }) => [date, table]));
    const bars = barFolder(['AAPL'], both);
    cpSync(join(barFolder(['MSFT'], new Map([[SESSION.date, table]])), 'MSFT.csv'), join(bars, 'MSFT.csv'));
    const options = { ...OPTIONS, bars, symbols: ['AAPL', 'MSFT'], to: NEXT_SESSION.date };
    expect(readMarket(options).missing).toEqual([{ session: NEXT_SESSION.date, symbols: ['MSFT'] }]);
    expect(() => readMarket({ ...options, strict: true })).toThrow('session 2025-01-06 has no row of MSFT');
  });

  it.each(['mine', 'main'])('refuses recorded bars on the book %s, which others trade on', async (book) => {
    await expect(planned({ bars: '/bars', book })).rejects.toMatchObject({
      name: 'Problem',
      exitCode: 2,
      message: expect.stringContaining(`--book: '${book}'`) as string,
    });
  });
});
