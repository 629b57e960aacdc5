/**
 * What a closed session leaves in the database, at full speed and before any vacuum: the budget of a session of 390 minutes
 * and two symbols, for sessions of 210 minutes.
 *
 * Rows take four fifths of it. Tables and indexes grow by several pages at once, a tenth of it more or less for one session,
 * so the mean of two is held to it. The first session pays for the first pages of every table.
 */

import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { replay, runOptions } from '../../support/stack/replays.ts';
import { type SizeWatch, watchSizes } from '../../support/stack/session-sizes.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSIONS = [20_250_102, 20_250_103, 20_250_106];
const MINUTES = 210;
const BUDGET_BYTES = (1_500_000 * MINUTES) / 390;

it('a session that closes adds no more than its budget', async () => {
  const bars = writeBarsFolder({ symbols: SYMBOLS, sessions: SESSIONS, seed: 5 });
  const range = { from: SESSIONS[0]!, to: SESSIONS.at(-1)!, minutes: MINUTES };
  let watch: SizeWatch | null = null;
  let added: number[] = [];
  const { summary } = await replay(runOptions({ bars, symbols: SYMBOLS, ...range, rearm: 'session' }), {
    onReady: (stack) => {
      watch = watchSizes(stack);
    },
    onFinished: async () => {
      added = (await watch?.end()) ?? [];
    },
  });
  rmSync(bars, { recursive: true });
  expect(summary.decisions).toBe(SESSIONS.length * MINUTES);
  expect(summary.fills).toBeGreaterThan(0);
  const [, second = Number.NaN, third = Number.NaN] = added;
  expect(Math.min(second, third)).toBeGreaterThan(BUDGET_BYTES / 4);
  expect((second + third) / 2).toBeLessThan(BUDGET_BYTES);
});
