/**
 * The recorded sessions of a run: what is missing is skipped and listed, what is bad is refused, what is odd is counted.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { backtest } from '../../../../../local/cli/commands/backtest/run.ts';
import { openRecordedRun } from '../../../../../local/cli/options/recorded-run.ts';
import type { RunOptions } from '../../../../../local/cli/options/run-options.ts';
import { EXIT_FAILED, Problem } from '../../../../../local/problem.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../../../support/bars/bar-files.ts';
import { fakeTerminal } from '../../../../support/stack/fake-terminal.ts';

afterAll(removeCsvFolders);

type Row = (minute: number) => string;

const GOOD: Row = (minute) => `100,101,99,100,${10_000 + minute}`;
/** High below low: a number in every field, and no bar. */
const CROSSED: Row = (minute) => `100,98,99,100,${10_000 + minute}`;
const UNREADABLE: Row = () => 'a,b,c,d,e';

/** Forty minutes from the open of each day, in winter time. */
function file(symbol: string, days: Readonly<Record<string, Row>>): string {
  const rows = Object.entries(days).flatMap(([day, row]) =>
    Array.from({ length: 40 }, (_, minute) => {
      const at = new Date(Date.parse(`${day}T14:30:00Z`) + minute * 60_000).toISOString().replace('.000Z', 'Z');
      return `${symbol},${at},${row(minute)}`;
    }),
  );
  return [CSV_HEADER, ...rows].join('\n');
}

function folder(days: { readonly AAPL: Record<string, Row>; readonly MSFT: Record<string, Row> }): string {
  return csvFolder({ 'AAPL.csv': file('AAPL', days.AAPL), 'MSFT.csv': file('MSFT', days.MSFT) });
}

function options(bars: string, chosen: Partial<RunOptions> = {}): RunOptions {
  return {
    bars,
    symbols: ['AAPL', 'MSFT'],
    from: 20250102,
    to: 20250107,
    policy: 'rule',
    profile: 'basic',
    fees: 'tiered',
    account: 25_000_000,
    seed: 1,
    rearm: 'manual',
    ...chosen,
  };
}

/** Every session read and judged. */
function readAll(chosen: RunOptions) {
  const run = openRecordedRun(chosen);
  const sessions = [...run.sessions].map(({ session }) => session.date);
  return { sessions, notes: run.notes() };
}

function problem(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('there was no problem');
}

const ALL = { '2025-01-02': GOOD, '2025-01-03': GOOD, '2025-01-06': GOOD, '2025-01-07': GOOD };
const { '2025-01-03': _third, ...WITHOUT_THIRD } = ALL;
const { '2025-01-07': _last, ...WITHOUT_LAST } = ALL;
const GAPPY = folder({ AAPL: WITHOUT_LAST, MSFT: WITHOUT_THIRD });

describe('a session that a symbol wholly lacks', () => {
  it('is skipped and listed with the symbols that lack it', () => {
    const { sessions, notes } = readAll(options(GAPPY));
    expect(sessions).toEqual([20250102, 20250106]);
    expect(notes.missingSessions).toEqual([
      { date: '2025-01-03', symbols: ['MSFT'] },
      { date: '2025-01-07', symbols: ['AAPL'] },
    ]);
  });

  it('is skipped by backtest, whose result says so', () => {
    const context = { terminal: fakeTerminal(), env: {}, exit: () => undefined };
    const result = backtest(options(GAPPY), context);
    expect(result).toMatchObject({
      sessions: ['2025-01-02', '2025-01-06'],
      missingSessions: [{ date: '2025-01-03' }, { date: '2025-01-07' }],
      warnings: {},
    });
  });

  it('is refused by --strict, naming the first and counting the rest', () => {
    const { message, fix, exitCode } = problem(() => readAll(options(GAPPY, { strict: true })));
    expect(exitCode).toBe(EXIT_FAILED);
    expect(message).toBe('session 2025-01-03 has no row of MSFT, and 1 more sessions are incomplete');
    expect(fix).toContain('--strict');
  });

  it('is a failure where nothing is left', () => {
    const { message, exitCode } = problem(() => readAll(options(GAPPY, { from: 20250103, to: 20250103 })));
    expect(exitCode).toBe(EXIT_FAILED);
    expect(message).toContain("session '2025-01-03' has no bar of MSFT");
  });

  it('changes nothing where there is none, with or without --strict', () => {
    const whole = folder({ AAPL: ALL, MSFT: ALL });
    for (const strict of [true, false]) {
      expect(readAll(options(whole, { strict })).notes).toEqual({ missingSessions: [], warnings: {} });
    }
  });
});

describe('a session without a usable bar', () => {
  it.each([
    ['rows that say nothing', UNREADABLE, 'UNPARSEABLE 40'],
    ['bars that cannot be', CROSSED, 'RANGE_CROSSED 40'],
  ])('for %s is a failure that names them, never an empty result', (_name, row, reason) => {
    const bars = folder({ AAPL: ALL, MSFT: { ...ALL, '2025-01-06': row } });
    const { message, exitCode } = problem(() => readAll(options(bars)));
    expect(exitCode).toBe(EXIT_FAILED);
    expect(message).toBe(`MSFT has no usable bar in session 2025-01-06: ${reason}`);
  });

  it('in the minutes that are traded is one too', () => {
    const lateStart =
      (row: Row): Row =>
      (minute) =>
        minute < 20 ? CROSSED(minute) : row(minute);
    const bars = folder({ AAPL: ALL, MSFT: { ...ALL, '2025-01-06': lateStart(GOOD) } });
    expect(readAll(options(bars)).notes.warnings).toEqual({ BAR_RANGE_CROSSED: 20 });
    const { message } = problem(() => readAll(options(bars, { minutes: 20 })));
    expect(message).toBe('MSFT has no usable bar in session 2025-01-06: RANGE_CROSSED 20');
  });

  it('is no missing session, though every row of it has the wrong time', () => {
    const outside = csvFolder({
      'AAPL.csv': file('AAPL', ALL),
      'MSFT.csv': `${file('MSFT', WITHOUT_THIRD)}\nMSFT,2025-01-03T14:30:30Z,100,101,99,100,10000`,
    });
    const { message } = problem(() => readAll(options(outside)));
    expect(message).toContain("session '2025-01-03' has no bar of MSFT");
    expect(message).toContain('first bad row');
  });
});

describe('the warnings of a result', () => {
  it('count rows and bars by what is wrong with them', () => {
    const mixed: Row = (minute) =>
      minute === 7 ? UNREADABLE(minute) : minute === 9 ? `100,101,99,100,0` : GOOD(minute);
    const bars = folder({ AAPL: { ...ALL, '2025-01-02': mixed }, MSFT: { ...ALL, '2025-01-02': mixed } });
    expect(readAll(options(bars)).notes.warnings).toEqual({
      BAR_UNPARSEABLE: 2,
      BAR_VOLUME_ZERO: 2,
      ROW_UNREADABLE_NUMBER: 2,
    });
  });

  it('count the sessions whose fee rates are still to be verified', () => {
    const spring = { '2026-05-04': GOOD, '2026-05-05': GOOD };
    const bars = csvFolder({
      'AAPL.csv': file('AAPL', spring).replaceAll('T14:', 'T13:').replaceAll('T15:', 'T14:'),
    });
    const chosen = { symbols: ['AAPL'], from: 20260504, to: 20260505 };
    expect(readAll(options(bars, chosen)).notes.warnings).toEqual({ FEE_RATE_UNCHECKED: 2 });
    expect(readAll(options(bars, { ...chosen, profile: 'bench' })).notes.warnings).toEqual({});
  });
});
