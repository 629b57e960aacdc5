/**
 * One day, played through a real stack: the page's state, the line that closes the session on the terminal and the stored
 * result say the same numbers.
 */

import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlayedRun } from '../../../local/cli/commands/replay/stack.ts';
import { printRun } from '../../../local/cli/shell/run-table.ts';
import { askPage, readSnapshot } from '../../../local/cli/shell/page-snapshot.ts';
import { ProgressWatch } from '../../../local/cli/shell/progress-watch.ts';
import { usd } from '../../../shared/read-models/format.ts';
import type { PageState } from '../../../shared/read-models/page-state.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { fakeTerminal } from '../../support/stack/fake-terminal.ts';
import { replay, runOptions } from '../../support/stack/replays.ts';

const SESSION = 20_250_103;
const SYMBOLS = ['AAPL', 'MSFT'];

let bars: string;
let run: PlayedRun;
let page: PageState;
const closing = fakeTerminal();

beforeAll(async () => {
  bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 7, faultRate: 0 });
  const options = runOptions({ bars, symbols: SYMBOLS, date: SESSION, minutes: 60, policy: 'random' });
  run = await replay(options, {
    onFinished: async ({ url }) => {
      const ask = askPage(url);
      await new ProgressWatch(ask, closing, { isFresh: true }).look();
      page = (await readSnapshot(ask))!.state;
    },
  });
});
afterAll(() => rmSync(bars, { recursive: true }));

it('page and stored result agree in every number that both have', () => {
  const { summary } = run;
  const { money, session, verdicts, latency } = page;
  expect(session).toMatchObject({ closed: true, lastMinute: 59 });
  expect(money).toMatchObject({
    equityUsd: summary.equityUsd,
    netPnlUsd: summary.netPnlUsd,
    grossPnlUsd: summary.grossPnlUsd,
    feesUsd: summary.feesUsd,
    drawdownMaxUsd: summary.drawdownUsd,
    limitDrawdownMaxUsd: summary.limitDrawdownUsd,
    fills: summary.fills,
    decisions: summary.decisions,
  });
  expect(money!.orders.ENTRY + money!.orders.EXIT).toBe(summary.orders);
  expect(money!.orders.STOP).toBe(summary.stops);
  expect(summary.fills).toBeGreaterThan(10);
  expect(Object.fromEntries(verdicts.denials.map(({ code, count }) => [code, count]))).toEqual(summary.denials);
  expect(latency.find(({ stage }) => stage === 'total')?.count).toBe(summary.decisions);
});

it('the closing line and the printed result say them in the same figures', () => {
  const { summary } = run;
  const [line = ''] = closing.notes;
  expect(line).toMatch(/^session 2025-01-03, closed, ACTIVE: equity \$/);
  expect(line).toContain(`equity ${usd(summary.equityUsd)}, P&L after fees ${usd(summary.netPnlUsd)} `);
  expect(line).toContain(`(before fees ${usd(summary.grossPnlUsd)}, fees ${usd(summary.feesUsd)})`);
  expect(line).toContain(`largest drawdown ${usd(summary.drawdownUsd)};`);
  expect(line).toMatch(new RegExp(`; ${summary.fills} fills$`));
  const table = fakeTerminal();
  printRun(table, summary);
  const printed = table.data.join('\n');
  for (const figure of [
    summary.equityUsd,
    summary.netPnlUsd,
    summary.grossPnlUsd,
    summary.feesUsd,
    summary.drawdownUsd,
  ]) {
    expect(printed).toContain(usd(figure));
  }
});
