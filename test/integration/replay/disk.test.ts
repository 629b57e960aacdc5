/**
 * What a closed session leaves in the database, at full speed and before any vacuum: the budget of a session of 390 minutes
 * and two symbols, for half-days of 210 minutes.
 *
 * Rows and the share of pages that are not full yet make up some three quarters of it, so the test fails well before a change
 * doubles anything, and does not fail for a page more or less. The first session pays for the first pages of every table.
 */

import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { replay, runOptions } from '../../support/stack/replays.ts';
import { type SizeWatch, watchSizes } from '../../support/stack/session-sizes.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const HALF_DAYS = [20_241_129, 20_241_224, 20_250_703];
const BUDGET_BYTES = 1_500_000;
const HALF_DAY_SHARE = 210 / 390;

it('a session that closes adds no more than its budget', async () => {
  const bars = writeBarsFolder({ symbols: SYMBOLS, sessions: HALF_DAYS, seed: 5 });
  const dates = { from: HALF_DAYS[0]!, to: HALF_DAYS.at(-1)! };
  let watch: SizeWatch | null = null;
  let added: number[] = [];
  const { summary } = await replay(runOptions({ bars, symbols: SYMBOLS, ...dates, rearm: 'session' }), {
    onReady: (stack) => {
      watch = watchSizes(stack);
    },
    onFinished: async () => {
      added = (await watch?.end()) ?? [];
    },
  });
  rmSync(bars, { recursive: true });
  expect(summary.decisions).toBe(HALF_DAYS.length * 210);
  expect(summary.fills).toBeGreaterThan(0);
  expect(added).toHaveLength(HALF_DAYS.length);
  for (const bytes of added.slice(1)) expect(bytes).toBeLessThan(BUDGET_BYTES * HALF_DAY_SHARE);
  for (const bytes of added.slice(1)) expect(bytes).toBeGreaterThan(100_000);
});
