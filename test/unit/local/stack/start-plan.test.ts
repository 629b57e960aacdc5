/**
 * From the options of `start` to a run: which one is continued, and whose book it goes on with.
 */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MarketOptions, planStart, readMarket } from '../../../../local/stack/start-plan.ts';
import type { BarTable } from '../../../../shared/domain/market/bar-table.ts';
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
  const { file, isNewRun } = await planStart(options, readMarket(options, dir), { pagePort: null, dataDir: dir });
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
    expect(readMarket(options, dir).missing).toEqual([{ session: NEXT_SESSION.date, symbols: ['MSFT'] }]);
    expect(() => readMarket({ ...options, strict: true }, dir)).toThrow('session 2025-01-06 has no row of MSFT');
  });

  it('refuses recorded bars that end before they begin, as a wrong use', async () => {
    const range = { startDate: NEXT_SESSION.date, to: SESSION.date };
    await expect(planned({ bars: '/bars', ...range })).rejects.toMatchObject({
      exitCode: 2,
      message: "--to: '2025-01-03' is before --start-date 2025-01-06",
      fix: expect.stringContaining('--start-date') as string,
    });
  });

  it.each(['mine', 'main'])('refuses recorded bars on the book %s, which others trade on', async (book) => {
    await expect(planned({ bars: '/bars', book })).rejects.toMatchObject({
      name: 'Problem',
      exitCode: 2,
      message: expect.stringContaining(`--book: '${book}'`) as string,
    });
  });
});

describe('a start of a run on recorded bars that has begun', () => {
  const good = tableOf([[bar(), bar()]]);
  const crossed = tableOf([[bar({ highE4: 1, lowE4: 2 })]]);
  const options = { ...OPTIONS, to: NEXT_SESSION.date };
  const unusable = 'AAPL has no usable bar in session 2025-01-03: RANGE_CROSSED 1';

  /** A run of both sessions whose journal has these. */
  async function begun(bars: string, sessions: readonly number[]): Promise<void> {
    const { runId } = await planned({ ...options, bars });
    const folder = join(dir, 'journal', runId);
    mkdirSync(folder, { recursive: true });
    for (const session of sessions) writeFileSync(join(folder, `${session}.jsonl`), '');
  }
  const folder = (first: BarTable | null) =>
    barFolder(
      ['AAPL'],
      new Map([...(first === null ? [] : [[SESSION.date, first] as const]), [NEXT_SESSION.date, good]]),
    );
  const replace = (bars: string, first: BarTable | null) => cpSync(folder(first), bars, { recursive: true });

  it('judges what is not over yet, once it is known', async () => {
    const bars = folder(good);
    await begun(bars, [SESSION.date]);
    replace(bars, crossed);
    const market = readMarket({ ...options, bars }, dir);
    expect(() => market.judgeAfter(null)).toThrow(unusable);
    expect(() => market.judgeAfter(SESSION.date)).not.toThrow();
    expect(() => readMarket({ ...options, bars, newRun: true }, dir)).toThrow(unusable);
  });

  it('keeps the sessions that it has played when their rows are gone, and skips none of them', async () => {
    const bars = folder(good);
    await begun(bars, [SESSION.date]);
    replace(bars, null);
    const { source, firstSession, missing } = readMarket({ ...options, bars, strict: true }, dir);
    expect(source).toMatchObject({ sessions: [SESSION.date, NEXT_SESSION.date] });
    expect([firstSession, missing]).toEqual([SESSION.date, []]);
  });

  it('opens one that is over without its files, and no other', async () => {
    const bars = folder(good);
    await begun(bars, [SESSION.date, NEXT_SESSION.date]);
    rmSync(join(bars, 'AAPL.csv'));
    const { judgeAfter, source } = readMarket({ ...options, bars }, dir);
    expect(source).toMatchObject({ sessions: [SESSION.date, NEXT_SESSION.date] });
    expect(() => judgeAfter(NEXT_SESSION.date)).not.toThrow();
    expect(() => judgeAfter(SESSION.date)).toThrow('has no file');
  });
});
