/**
 * `jules load` on a real database: stores, repeats without effect, corrects, and applies all or nothing.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { withDatabase } from '../../../local/cli/reach/database-session.ts';
import { load } from '../../../local/cli/commands/load/run.ts';
import type { LoadSummary } from '../../../local/cli/commands/load/table.ts';
import { withClient } from '../../../local/database/connect.ts';
import { sessionOn } from '../../../shared/domain/calendar/calendar.ts';
import { injectFaults } from '../../support/stack/fault-injector.ts';
import { MarketGenerator } from '../../../shared/domain/market/generator/market-generator.ts';
import { barFolder, CSV_HEADER, csvFolder, removeCsvFolders } from '../../support/bars/bar-files.ts';
import { fakeTerminal } from '../../support/stack/fake-terminal.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const DATES = [20251126, 20251128];
const data = mkdtempSync(join(tmpdir(), 'jules-load-'));

afterAll(() => {
  rmSync(data, { recursive: true, force: true });
  removeCsvFolders();
});

function contextOf() {
  const terminal = fakeTerminal();
  return { terminal, env: {}, exit: () => undefined };
}

async function loaded(bars: string): Promise<LoadSummary> {
  const context = contextOf();
  await load({ bars, symbols: SYMBOLS, data, json: true }, context);
  return JSON.parse(context.terminal.data.join('')) as LoadSummary;
}

/** Rows of each table the command writes, as one comparable text. */
async function contents(): Promise<Record<string, string>> {
  const request = { data, driver: postgresDriver(null, []), migrates: false };
  return withDatabase(request, contextOf(), (session) =>
    withClient(session, { role: 'reader' }, async (client) => {
      const found: Record<string, string> = {};
      for (const [table, order] of [
        ['ohlcv', 'feed, symbol, ts'],
        ['data_quality', 'feed, symbol, ts'],
        ['quarantine', 'source, body'],
      ] as const) {
        const { rows } = await client.query<object>(`SELECT * FROM ${table} ORDER BY ${order}`);
        found[table] = `${rows.length} rows ${JSON.stringify(rows)}`;
      }
      return found;
    }),
  );
}

function rowsIn(table = ''): number {
  return Number.parseInt(table, 10);
}

async function feedsOf(symbol: string): Promise<string[]> {
  const request = { data, driver: postgresDriver(null, []), migrates: false };
  return withDatabase(request, contextOf(), (session) =>
    withClient(session, { role: 'reader' }, async (client) => {
      const text = 'SELECT DISTINCT feed FROM ohlcv WHERE symbol = $1';
      return (await client.query<{ feed: string }>(text, [symbol])).rows.map(({ feed }) => feed);
    }),
  );
}

describe('jules load', () => {
  const market = new MarketGenerator({ symbols: SYMBOLS, seed: 4 });
  const tables = new Map(DATES.map((date) => [date, market.session(sessionOn(date)!)]));
  const spoiled = new Map(
    DATES.map((date) => [date, injectFaults(tables.get(date)!, { seed: 9, rate: 0.05 })] as const),
  );

  it('stores every bar that is good, and what it refused beside them; once more changes nothing', async () => {
    const bars = barFolder(SYMBOLS, spoiled);
    const summary = await loaded(bars);
    const first = await contents();
    expect(summary.sessions).toBe(2);
    expect(summary.bars + summary.refusedBars + summary.gaps.reduce((sum, gap) => sum + gap.missing, 0)).toBe(1_200);
    expect(summary.refusedBars).toBeGreaterThan(0);
    expect(first['ohlcv']).toMatch(new RegExp(`^${summary.bars} rows`));
    expect(await loaded(bars)).toEqual(summary);
    expect(await contents()).toEqual(first);
  });

  it('says of every minute that is missing that it is, where faults are kept', async () => {
    const summary = await loaded(barFolder(SYMBOLS, spoiled));
    const missing = summary.gaps.reduce((sum, gap) => sum + gap.missing, 0);
    const { data_quality: quality = '' } = await contents();
    expect(quality.split('"codes":["MISSING"]').length - 1).toBe(missing);
    expect(missing).toBeGreaterThan(0);
  });

  it('stores a corrected file beside the one before, whose rows stay as they are', async () => {
    const before = await contents();
    const summary = await loaded(barFolder(SYMBOLS, tables));
    expect(summary).toMatchObject({ bars: 1_200, refusedBars: 0, faults: {}, gaps: [] });
    const now = await contents();
    expect(rowsIn(now['ohlcv'])).toBe(rowsIn(before['ohlcv']) + 1_200);
    expect(now['data_quality']).toBe(before['data_quality']);
    expect(await feedsOf('AAPL')).toHaveLength(2 * DATES.length);
  });

  it('shares the rows of sessions that an edited file has in common with the one before', async () => {
    const before = await contents();
    const edited = market.session(sessionOn(DATES[1]!)!);
    edited.volume[7] = edited.volume[7]! + 1;
    await loaded(barFolder(SYMBOLS, new Map([...tables, [DATES[1]!, edited]])));
    expect(rowsIn((await contents())['ohlcv'])).toBe(rowsIn(before['ohlcv']) + sessionOn(DATES[1]!)!.minutes);
  });

  it('changes nothing when one of the files is refused', async () => {
    const before = await contents();
    const row = 'AAPL,2025-11-25T14:30:00Z,1,1,1,1,1';
    const bars = csvFolder({ 'AAPL.csv': `${CSV_HEADER}\n${row}\n`, 'MSFT.csv': 'ts,price\n' });
    await expect(loaded(bars)).rejects.toThrow("header 'ts,price'");
    expect(await contents()).toEqual(before);
  });

  it('keeps bad rows in quarantine, each once', async () => {
    const rows = [
      'AAPL,2025-11-25T14:30:00Z,1,1,1,1,1',
      'AAPL,soon,1,1,1,1,1',
      'AAPL,2025-11-25T09:30:00-05:00,1,1,1,1,1',
    ];
    const bars = csvFolder({ 'AAPL.csv': [CSV_HEADER, ...rows].join('\n'), 'MSFT.csv': CSV_HEADER });
    const summary = await loaded(bars);
    await loaded(bars);
    expect(summary.quarantined).toEqual({ 'unreadable-time': 1, 'not-utc': 1 });
    expect((await contents())['quarantine']).toMatch(/^2 rows .*AAPL\.csv:3.*soon/);
  });
});
