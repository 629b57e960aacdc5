/**
 * The page of a replay that has finished: it says so, and every number on it is the one that SQL gives.
 */

import type { Pool } from 'pg';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../local/stack/stack.ts';
import { writeBarsFolder } from '../support/bars/bars-folder.ts';
import { removeCsvFolders } from '../support/bars/bar-files.ts';
import { launchBrowser, openPage } from '../support/page/browser.ts';
import { readerPool } from '../support/database/reader-pool.ts';
import { replay, runOptions } from '../support/stack/replays.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = 20_250_103;
const MINUTES = 150;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  removeCsvFolders();
});

it('says that the replay has finished and shows what SQL holds', async () => {
  const bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 5, faultRate: 0.02 });
  const run = await replay(runOptions({ bars, symbols: SYMBOLS, date: SESSION, minutes: MINUTES }), {
    onFinished: async (stack) => {
      const { page, close } = await openPage(browser, stack.url);
      await page.getByText('Replay finished').first().waitFor();
      await expectNumbers(page, stack);
      await close();
    },
  });
  expect(run.summary.fills).toBeGreaterThan(4);
});

async function expectNumbers(page: Page, stack: Stack): Promise<void> {
  const sql = await readSql(stack);
  const text = async (place: string) => (await page.locator(place).textContent()) ?? '';
  const summary = await text('#summary dl');
  expect(summary).toContain(`P&L after fees${delta(sql.equityE4 - sql.openingE4)}equity ${usd(sql.equityE4)}`);
  expect(summary).toContain(
    `P&L before fees${delta(sql.equityE4 - sql.openingE4 + sql.feesE4)}fees ${usd(sql.feesE4)}`,
  );
  // Nobody has armed in this session, so the largest against the limit is the same.
  const { maxDrawdownE4 } = sql;
  expect(summary).toContain(`Largest drawdown${usd(-maxDrawdownE4)}against the limit ${usd(maxDrawdownE4)}`);
  expect(summary).toContain(`Refused${sql.denials}n = ${MINUTES} minutes`);
  expect(summary).toContain(`Reduced${sql.reductions}n = ${MINUTES} minutes`);
  expect(summary).toContain(`Fills${sql.fills}${sql.entries} entries, ${sql.exits} exits`);
  await expect.poll(() => text('#latency'), { timeout: 20_000 }).toContain(`n = ${MINUTES} minutes`);
  expect(await text('#latency .total')).toContain(
    [sql.p50Ms, sql.p99Ms, sql.maxMs].map((ms) => milliseconds(ms)).join(''),
  );
  expect(await text('#quality')).toContain(`Usable bars${sql.bars} of ${MINUTES * SYMBOLS.length}`);
  expect(await text('#quality')).toContain(`Bars with a fault${sql.faultyBars} of ${MINUTES * SYMBOLS.length}`);
  expect(await text('#clock')).toContain(`minute ${MINUTES} of ${MINUTES}`);
  expect(await page.locator('#fills tbody tr').count()).toBe(Math.min(60, sql.fills));
  const csv = await (await page.request.get(new URL('/api/trades.csv?session=2025-01-03', stack.url).href)).text();
  expect(csv.trimEnd().split('\r\n').slice(1).map(fillOf)).toEqual(sql.fillRows);
}

/** Minute, symbol, side, shares, price, fees and reference of one line. */
function fillOf(line: string): string {
  const cells = line.split(',');
  return [2, 3, 4, 6, 7, 12, 18].map((column) => cells[column]).join(' ');
}

interface SqlNumbers {
  readonly equityE4: number;
  readonly openingE4: number;
  readonly feesE4: number;
  readonly maxDrawdownE4: number;
  readonly fills: number;
  readonly entries: number;
  readonly exits: number;
  readonly reductions: number;
  readonly denials: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly bars: number;
  readonly faultyBars: number;
}

async function readSql(stack: Stack): Promise<SqlNumbers & { readonly fillRows: readonly string[] }> {
  const pool = readerPool(stack);
  try {
    return { ...(await numbers(pool)), fillRows: await fillRows(pool) };
  } finally {
    await pool.end();
  }
}

async function numbers(pool: Pool): Promise<SqlNumbers> {
  const { rows } = await pool.query<Record<keyof SqlNumbers, string>>(`
    WITH verdicts AS (SELECT each->>'verdict' AS code FROM decisions, json_array_elements(symbols::json) AS each),
      waits AS (SELECT recorded_ms - closed_ms AS ms FROM minute_latency)
    SELECT a.equity_e4 AS "equityE4", a.opening_cash_e4 AS "openingE4", a.fees_e4 AS "feesE4",
      (SELECT max(drawdown_e4) FROM equity) AS "maxDrawdownE4",
      (SELECT count(*) FROM fills) AS fills,
      (SELECT count(*) FROM orders WHERE kind = 'ENTRY') AS entries,
      (SELECT count(*) FROM orders WHERE kind = 'EXIT') AS exits,
      (SELECT count(*) FROM verdicts WHERE code LIKE 'REDUCED_%') AS reductions,
      (SELECT count(*) FROM verdicts WHERE code NOT LIKE 'REDUCED_%' AND code NOT LIKE 'FLATTEN_%'
        AND code NOT IN ('NONE', 'APPROVED', 'EXIT', 'ENTRY_CANCELLED', 'EXIT_WORKING')) AS denials,
      (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FROM waits) AS "p50Ms",
      (SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) FROM waits) AS "p99Ms",
      (SELECT max(ms) FROM waits) AS "maxMs",
      (SELECT count(*) FROM ohlcv) AS bars,
      (SELECT count(*) FROM data_quality WHERE codes <> '{MISSING}') AS "faultyBars"
    FROM accounts a`);
  expect(rows.length).toBe(1);
  const values = Object.entries(rows[0]!).map(([name, value]) => [name, Number(value)]);
  return Object.fromEntries(values) as Record<keyof SqlNumbers, number>;
}

async function fillRows(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    SELECT concat_ws(' ', minute_index, symbol, side, quantity, to_char(price_e4 / 1e4, 'FM999990.0000'),
      to_char((commission_e4 + exchange_e4 + sec_e4 + taf_e4) / 1e4, 'FM999990.0000'), fill_id) AS line
    FROM fills ORDER BY event_ms, symbol, sequence`);
  return rows.map(({ line }) => line);
}

/** `−$3.10` of -31000. */
function usd(valueE4: number): string {
  const text = (Math.abs(valueE4) / 1e4).toLocaleString('en-US', { style: 'currency', currency: 'USD' });
  return valueE4 < 0 ? `−${text}` : text;
}

function delta(valueE4: number): string {
  return valueE4 > 0 ? `▲+${usd(valueE4)}` : `▼${usd(valueE4)}`;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
