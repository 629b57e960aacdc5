/**
 * The database of `start`: a run whose profile reads daily bars is refused where a symbol has none before it.
 */

import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { EXIT_USAGE } from '../../../local/problem.ts';
import type { DatabaseServer } from '../../../local/stack/database-service.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../support/bars/bar-files.ts';
import { temporaryOptions } from '../../support/database/postgres.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const daily = csvFolder({
  'AAPL.csv': `${CSV_HEADER}\nAAPL,2025-01-02T00:00:00Z,1,1,1,1,1\n`,
  'MSFT.csv': `${CSV_HEADER}\nMSFT,2025-01-03T00:00:00Z,1,1,1,1,1\n`,
});

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
  return postgresDriver(dir, SYMBOLS, { profile: 'enhanced', firstSession }).prepare(options);
}

describe('enhanced on stored daily bars', () => {
  it('is refused with the symbols that have none before the first session', async () => {
    await expect(prepare(daily, 20_250_103)).rejects.toMatchObject({
      exitCode: EXIT_USAGE,
      message: expect.stringContaining(`--daily: '${daily}' holds no daily bar of MSFT before 2025-01-03`) as string,
    });
  });

  it('is taken with one of each, from this start or an earlier one', async () => {
    await prepare(daily, 20_250_106);
    await prepare(null, 20_250_106);
    await expect(prepare(null, 20_250_102)).rejects.toThrow(
      '--daily is missing and there is no daily bar of AAPL, MSFT',
    );
  });
});
