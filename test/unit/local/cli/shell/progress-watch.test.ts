/**
 * What the terminal says of sessions: a line while one runs, and what was stored of it once it is closed.
 */

import { describe, expect, it } from 'vitest';
import { type Ask, readSnapshot } from '../../../../../local/cli/shell/page-snapshot.ts';
import { ProgressWatch } from '../../../../../local/cli/shell/progress-watch.ts';
import type { Terminal } from '../../../../../local/cli/shell/terminal.ts';
import { closingLines } from '../../../../../shared/read-models/session-lines.ts';
import { createReportApp } from '../../../../../functions/report/page/app.ts';
import {
  DAY_ONE,
  FakeReportViews,
  type FakeViewsOptions,
  SEVERAL_CAUSES,
} from '../../../../support/page/fake-report-views.ts';
import { FAKE_RUN } from '../../../../support/page/fake-session.ts';
import { pageDeps } from '../../../../support/page/page-fixture.ts';
import { fakeTerminal } from '../../../../support/stack/fake-terminal.ts';

const NEXT_DAY = 20_250_106;

function setUp(options: FakeViewsOptions) {
  const views = new FakeReportViews(options);
  const app = createReportApp(pageDeps(views));
  const ask: Ask = async (path) => (await app.request(path)).json();
  const statuses: string[] = [];
  const terminal: Terminal & { notes: string[] } = { ...fakeTerminal(), status: (text) => void statuses.push(text) };
  return { views, ask, terminal, statuses };
}

async function storedLines(ask: Ask, date: string): Promise<string[]> {
  const stored = await readSnapshot(ask, `?session=${date}&run=${FAKE_RUN.runId}`);
  return closingLines(stored!.state);
}

describe('the progress of a session', () => {
  it('is one line: minute, P&L after fees, and what stands', async () => {
    const { ask, terminal, statuses } = setUp({ minute: 231, haltAt: 190 });
    await new ProgressWatch(ask, terminal).look();
    expect(statuses.at(-1)).toMatch(
      /^2025-01-03 \[█+ +\] 59 % minute 232\/390 · P&L -?\$\d+\.\d\d · HALTED: OPERATOR_HALT$/,
    );
  });

  it('names every cause that stands', async () => {
    const { ask, terminal, statuses } = setUp({ minute: 231, causes: SEVERAL_CAUSES });
    await new ProgressWatch(ask, terminal).look();
    expect(statuses.at(-1)).toMatch(/ · HALTED: DRAWDOWN, OPERATOR_HALT, RUNNER_DEAD$/);
  });

  it('says nothing while the page does not answer', async () => {
    const { terminal, statuses } = setUp({ minute: 231 });
    await new ProgressWatch(() => Promise.reject(new Error('away')), terminal).look();
    expect([statuses, terminal.notes]).toEqual([[], []]);
  });
});

describe('the closing line of a session', () => {
  it('is what was stored of it, however long ago the last look was', async () => {
    const { views, ask, terminal } = setUp({ minute: 200 });
    const watch = new ProgressWatch(ask, terminal);
    await watch.look();
    const [early] = closingLines((await readSnapshot(ask))!.state);
    views.minute = 389;
    const expected = await storedLines(ask, '2025-01-03');
    await watch.look();
    expect(terminal.notes).toEqual(expected);
    expect(expected[0]).toMatch(/^session 2025-01-03, closed, ACTIVE: equity \$2,/);
    expect(expected[0]).not.toBe(early);
  });

  it('is said once, and not of a session that was over before anybody watched', async () => {
    const { views, ask, terminal } = setUp({ minute: 388 });
    const watch = new ProgressWatch(ask, terminal);
    await watch.look();
    views.minute = 389;
    for (let look = 0; look < 3; look++) await watch.look();
    expect(terminal.notes.filter((note) => note.includes('2025-01-02'))).toEqual([]);
    expect(terminal.notes).toHaveLength(1);
  });

  it('is said of every session that closed between two looks at a stack that was just made', async () => {
    const { views, ask, terminal } = setUp({ minute: 389 });
    await new ProgressWatch(ask, terminal, { isFresh: true }).look();
    expect(terminal.notes.map((note) => note.slice(0, 'session 2025-01-02'.length))).toEqual([
      'session 2025-01-02',
      'session 2025-01-03',
    ]);
    expect(terminal.notes[0]).toBe((await storedLines(ask, '2025-01-02'))[0]);
    expect([views.past.options.session, DAY_ONE.session]).toEqual([20_250_102, 20_250_102]);
  });

  it('names every cause that the session was left with', async () => {
    const { views, ask, terminal } = setUp({ minute: 300, haltAt: 190 });
    const watch = new ProgressWatch(ask, terminal);
    await watch.look();
    views.minute = 389;
    await watch.look();
    expect(terminal.notes[0]).toContain('closed, HALTED: equity');
    expect(terminal.notes[1]).toMatch(
      /^ {2}OPERATOR_HALT, halt by an operator, since 12:41 ET by page: “.+”; lifted by/,
    );
  });

  it('is not said of the day that follows', async () => {
    const { views, ask, terminal } = setUp({ minute: 100 });
    const watch = new ProgressWatch(ask, terminal);
    await watch.look();
    views.startSession(NEXT_DAY);
    await watch.look();
    expect(terminal.notes).toEqual([]);
  });
});
