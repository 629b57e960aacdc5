/**
 * The database of `start`: a run whose profile reads daily bars is refused where a symbol has none before it, and not
 * continued on others than it was decided on.
 */

import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { EXIT_FAILED, EXIT_USAGE } from '../../../local/problem.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import type { DatabaseServer } from '../../../local/stack/database-service.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../support/bars/bar-files.ts';
import { NEXT_SESSION, runConfig, SESSION } from '../../support/core/core.ts';
import { accountRow, positionRow } from '../../support/database/trading-rows.ts';
import { appDatabase, temporaryOptions } from '../../support/database/postgres.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const daily = csvFolder({
  'AAPL.csv': `${CSV_HEADER}\nAAPL,2025-01-02T00:00:00Z,1,1,1,1,1\n`,
  'MSFT.csv': `${CSV_HEADER}\nMSFT,2025-01-03T00:00:00Z,1,1,1,1,1\n`,
});

const notes: string[] = [];
let options: Awaited<ReturnType<typeof temporaryOptions>>;
let server: DatabaseServer;

beforeAll(async () => {
  options = await temporaryOptions();
  server = await postgresDriver(null, []).start(options);
});

afterAll(async () => {
  server.kill();
  await server.exited;
  await rm(options.dataDir, { recursive: true, force: true });
  removeCsvFolders();
});

function prepare(dir: string | null, firstSession: number): Promise<void> {
  const config = runConfig({ runId: 'run-1', symbols: SYMBOLS, profile: 'enhanced' });
  return postgresDriver(dir, SYMBOLS, {
    config,
    firstSession,
    judgeAfter: () => undefined,
    onAdmitted: (said) => notes.push(...said),
  }).prepare(options);
}

describe('enhanced on stored daily bars', () => {
  it('is refused with the symbols that have none before the first session', async () => {
    await expect(prepare(daily, 20_250_103)).rejects.toMatchObject({
      exitCode: EXIT_USAGE,
      message: expect.stringContaining(`--daily: '${daily}' holds no daily bar of MSFT before 2025-01-03`) as string,
    });
  });

  it('is taken with one of each, from this start or an earlier one, with a warning of what is too little', async () => {
    await prepare(daily, 20_250_106);
    expect(notes).toContain(
      'warning: AAPL has 1 daily session before 2025-01-06, and 250 are needed: profile enhanced denies its entries with that history',
    );
    await prepare(null, 20_250_106);
    await expect(prepare(null, 20_250_102)).rejects.toThrow(
      '--daily is missing and there is no daily bar of AAPL, MSFT',
    );
  });
});

describe('a run that begins', () => {
  const open = (changes: Partial<RunConfig> = {}, said: string[] = []) => {
    const config = runConfig({ runId: 'run-b2', bookId: 'book-b', symbols: SYMBOLS, ...changes });
    const run = {
      config,
      firstSession: 20_250_106,
      judgeAfter: () => undefined,
      onAdmitted: (texts: readonly string[]) => void said.push(...texts),
    };
    return postgresDriver(null, SYMBOLS, run).prepare(options);
  };

  it('is told what its book takes over, and is refused where the book was opened otherwise', async () => {
    await open();
    const database = appDatabase(options, 1);
    await database.transaction(async ({ runs, accounts }) => {
      await runs.create(runConfig({ runId: 'run-b1', bookId: 'book-b', symbols: SYMBOLS }), 'paper');
      const left = accountRow({ runId: 'run-b1', equityE4: 24_900_000 });
      await accounts.save(left, [positionRow({ symbol: 'AAPL', quantity: 4, markE4: 2_430_500 })], null);
    });
    const said: string[] = [];
    await open({}, said);
    expect(said).toEqual([
      'run run-b1 left 4 AAPL at $243.05 open: book book-b takes them at these last marks, without an order or fees, ' +
        'and the new run begins flat with $2,490.00',
    ]);
    await expect(open({ accountUsdE4: 50_000_000 })).rejects.toMatchObject({
      exitCode: EXIT_FAILED,
      message: 'book book-b was opened with an account of $2,500.00, and the run has an account of $5,000.00',
      fix: expect.stringContaining('--book NAME') as string,
    });
    await database.close();
  });
});

describe('a run that goes on', () => {
  const csv = (symbol: string, ...days: string[]) =>
    `${CSV_HEADER}\n${days.map((day) => `${symbol},${day}T00:00:00Z,1,1,1,1,1\n`).join('')}`;
  const early = csvFolder({ 'AAPL.csv': csv('AAPL', '2025-01-02'), 'MSFT.csv': csv('MSFT', '2025-01-02') });
  const longer = csvFolder({
    'AAPL.csv': csv('AAPL', '2025-01-02', '2025-01-03'),
    'MSFT.csv': csv('MSFT', '2025-01-02', '2025-01-03'),
  });
  const edited = csvFolder({ 'AAPL.csv': csv('AAPL', '2025-01-01', '2025-01-02'), 'MSFT.csv': csv('MSFT') });

  it('keeps its daily bars: a folder that would change them is refused with both digests, and nothing of it is stored', async () => {
    await prepare(early, 20_250_103);
    const database = appDatabase(options, 1);
    const hash = () => database.transaction(({ dailyBars }) => dailyBars.contentHash(SYMBOLS, 20_250_103));
    const dailyHash = await hash();
    await database.transaction(async ({ runs, accounts }) => {
      await runs.create(runConfig({ runId: 'run-1', symbols: SYMBOLS, profile: 'enhanced' }), 'paper');
      await accounts.save(accountRow({ session: 20_250_103, dailyHash }), [], null);
    });
    await prepare(longer, 20_250_103);
    await expect(prepare(edited, 20_250_103)).rejects.toMatchObject({
      exitCode: EXIT_FAILED,
      message: expect.stringMatching(new RegExp(`run run-1.*${dailyHash}, and would be [0-9a-f]{64}`)) as string,
      fix: expect.stringContaining('--new-run') as string,
    });
    expect(await hash()).toBe(dailyHash);
    await database.close();
  });

  it('is judged after the last session that is over, before anything is said of it', async () => {
    const config = runConfig({ runId: 'run-c1', bookId: 'book-c', symbols: SYMBOLS, minutesMax: 2 });
    const database = appDatabase(options, 1);
    const said: unknown[] = [];
    const judged = async (): Promise<unknown> => {
      const judgeAfter = (over: number | null): void => {
        said.push(over);
        if (over !== null) throw new Error('it cannot be played on');
      };
      const run = { config, firstSession: 20_250_103, judgeAfter, onAdmitted: () => said.push('admitted') };
      await postgresDriver(null, SYMBOLS, run)
        .prepare(options)
        .catch((error: unknown) => said.push((error as Error).message));
      return said.splice(0);
    };
    expect(await judged()).toEqual([null, 'admitted']);
    await database.transaction(async ({ runs, execution }) => {
      await runs.create(config, 'paper');
      await runs.openSession({ runId: 'run-c1', session: SESSION.date, minutes: 2, openMs: SESSION.openMs }, new Map());
      await execution.markDecided('run-c1', SESSION.date, 0);
    });
    expect(await judged()).toEqual([null, 'admitted']);
    await database.transaction(({ execution }) => execution.markDecided('run-c1', SESSION.date, 1));
    expect(await judged()).toEqual([SESSION.date, 'it cannot be played on']);
    await database.transaction(({ runs }) =>
      runs.openSession(
        { runId: 'run-c1', session: NEXT_SESSION.date, minutes: 2, openMs: NEXT_SESSION.openMs },
        new Map(),
      ),
    );
    expect(await judged()).toEqual([SESSION.date, 'it cannot be played on']);
    await database.close();
  });
});
