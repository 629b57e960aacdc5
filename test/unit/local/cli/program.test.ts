/**
 * The command line refuses what it cannot understand: exit code 2, and a message naming option, value and fix.
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../../local/cli/program.ts';
import { fakeTerminal } from '../../../support/stack/fake-terminal.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-cli-'));
  writeFileSync(join(dir, 'file'), '');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  const code = await runCli(
    args.map((arg) => arg.replace('DIR', dir)),
    { terminal, env: { HOME: dir } },
  );
  return { code, said: terminal.notes.join('\n'), data: terminal.data.join('\n') };
}

const RUN = ['--bars', 'DIR', '--symbols', 'AAPL,MSFT'];
const MIGRATE_AWS = ['migrate', '--target', 'aws', '--yes'];
const DAY = [...RUN, '--date', '2025-01-03'];

describe('usage errors', () => {
  it.each<[string, string[], string[]]>([
    ['an unknown command', ['repla'], ["unknown command 'repla'", 'Did you mean replay']],
    ['an unknown option', ['replay', ...DAY, '--minuts', '9'], ["unknown option '--minuts'", 'Did you mean --minutes']],
    ['an option without its value', ['backtest', '--bars'], ["option '--bars <dir>' argument missing"]],
    ['a missing --bars', ['backtest', '--symbols', 'AAPL', '--date', '2025-01-03'], ['--bars is missing']],
    ['an argument too many', ['status', 'now'], ['too many arguments']],
    ['a missing argument', ['why'], ["missing required argument 'order'"]],
    [
      'a folder that is not there',
      ['backtest', '--bars', 'DIR/none', '--symbols', 'AAPL'],
      ['--bars', 'DIR/none', 'does not exist', 'fix:'],
    ],
    ['a file in place of a folder', ['backtest', '--bars', 'DIR/file', '--symbols', 'AAPL'], ['--bars', 'is a file']],
    [
      'a symbol twice',
      ['backtest', '--symbols', 'AAPL,MSFT,AAPL'],
      ['--symbols', 'names AAPL twice', '--symbols AAPL,MSFT'],
    ],
    ['a symbol in small letters', ['backtest', '--symbols', 'aapl'], ["holds 'aapl'", 'AAPL']],
    ['an empty symbol', ['backtest', '--symbols', 'AAPL,'], ['holds an empty symbol']],
    ['a path in place of a symbol', ['backtest', '--symbols', '../x'], ['--symbols', "'../x'"]],
    ['an invalid date', ['backtest', ...RUN, '--date', '2025-02-30'], ['--date', '2025-02-30', 'does not exist']],
    ['a date of another form', ['backtest', ...RUN, '--date', '01/03/2025'], ['--date', '01/03/2025', '2025-01-03']],
    ['a weekend', ['backtest', ...RUN, '--date', '2025-01-04'], ['not a trading day', '2025-01-03 and 2025-01-06']],
    ['a holiday', ['backtest', ...RUN, '--date', '2025-01-09'], ['not a trading day', '2025-01-08 and 2025-01-10']],
    [
      'a year beyond the calendar',
      ['backtest', ...RUN, '--date', '2031-01-03'],
      ['outside the exchange calendar', '2028-12-31'],
    ],
    ['no date at all', ['backtest', ...RUN], ['--date is missing']],
    ['--date with --from', ['backtest', ...DAY, '--from', '2025-01-02'], ['cannot be combined']],
    ['--from without --to', ['backtest', ...RUN, '--from', '2025-01-02'], ['--to is missing', '--from 2025-01-02']],
    ['--to without --from', ['replay', ...RUN, '--to', '2025-01-02'], ['--from is missing', '--to 2025-01-02']],
    ['an unknown option before a missing one', ['backtest', '--polcy', 'x'], ["'--polcy'", 'Did you mean --policy']],
    ['an unknown option of another command', ['load', '--bar', 'x'], ["'--bar'", 'Did you mean --bars']],
    ['a data folder without its target', ['replay', ...DAY, '--data', 'DIR'], ['--data', 'add --target', '--keep']],
    ['enhanced without daily bars', ['start', '--data', 'DIR/new', '--profile', 'enhanced'], ['--daily is missing']],
    ['--to on the generated market', ['start', '--to', '2026-01-09'], ['--to is for recorded bars', 'or give --bars']],
    ['--strict on the generated market', ['prepare', '--data', 'DIR/new', '--strict'], ['--strict is for recorded']],
    [
      '--to before --from',
      ['backtest', ...RUN, '--from', '2025-01-10', '--to', '2025-01-02'],
      ['--to', '2025-01-02', '2025-01-10'],
    ],
    ['an unknown policy', ['backtest', ...DAY, '--policy', 'ppo'], ['--policy', 'ppo', 'rule, hold, random']],
    ['an unknown profile', ['backtest', ...DAY, '--profile', 'x'], ['--profile', 'basic, enhanced, bench']],
    ['an unknown fee table', ['backtest', ...DAY, '--fees', 'free'], ['--fees', 'tiered, fixed']],
    [
      'value at risk without daily bars',
      ['backtest', ...DAY, '--profile', 'enhanced'],
      ['--daily is missing', 'no daily bar of AAPL, MSFT before 2025-01-03'],
    ],
    [
      'value at risk of a replay without daily bars',
      ['replay', ...DAY, '--profile', 'enhanced'],
      ['--daily is missing', 'no daily bar of AAPL, MSFT before 2025-01-03'],
    ],
    ['an account of nothing', ['backtest', ...DAY, '--account', '0'], ['--account', "'0'", 'dollars from 1']],
    ['an account in words', ['backtest', ...DAY, '--account', '1e3'], ['--account', "'1e3'"]],
    ['a negative seed', ['backtest', ...DAY, '--seed', '-1'], ['--seed', "'-1'"]],
    ['a seed beyond 32 bits', ['backtest', ...DAY, '--seed', '4294967296'], ['--seed', '4294967295']],
    ['0 minutes', ['backtest', ...DAY, '--minutes', '0'], ['--minutes', '1 to 390']],
    ['391 minutes', ['replay', ...DAY, '--minutes', '391'], ['--minutes', '391']],
    ['a speed of 0', ['replay', ...DAY, '--speed', '0'], ['--speed', "'0'", 'max, realtime']],
    [
      'profile bench in replay',
      ['replay', ...DAY, '--profile', 'bench'],
      ['bench', 'refused by replay', './jules backtest'],
    ],
    ['profile bench in start', ['start', '--profile', 'bench'], ['bench', 'refused by start']],
    ['a port beyond the range', ['start', '--port', '70000'], ['--port', '70000', '65535']],
    ['an unknown queue', ['queues', 'peek', 'mail'], ['mail', 'minutes, bars-ready, signals, orders']],
    ['a server without --target', ['migrate', '--server', 'db:5432'], ["--server: 'db:5432'", 'add --target']],
    [
      'a server without a port',
      ['migrate', '--target', 'aws', '--server', 'db'],
      ["--server: 'db'", '127.0.0.1:15432'],
    ],
    [
      'a server beyond the ports',
      ['migrate', '--target', 'aws', '--server', 'db:70000'],
      ["'db:70000' is not a server"],
    ],
    ['a database of no target', ['migrate', '--target', 'azure'], ['azure', 'ministack, localstack, aws']],
    [
      'certificates for an emulator',
      ['migrate', '--target', 'ministack', '--ca', 'x'],
      ['--ca', 'is not for ministack'],
    ],
    ['invalid certificates', [...MIGRATE_AWS, '--ca', 'DIR/file'], ['--ca', 'holds no certificate']],
    ['certificates that are not there', [...MIGRATE_AWS, '--ca', 'DIR/none'], ['--ca', 'cannot be read']],
    ['AWS asked where nobody answers', ['migrate', '--target', 'aws'], ['this terminal is not interactive', '--yes']],
    ['a target never deployed', ['migrate', '--target', 'ministack', '--data', 'DIR/new'], ['DIR/new']],
    ['halt with an empty reason', ['halt', '--reason', ' '], ['--reason', 'is empty']],
    ['a data folder that is not ours', ['status', '--data', 'DIR'], ['--data', 'DIR', 'not a data folder']],
  ])('%s ends with code 2', async (_name, args, parts) => {
    const { code, said, data } = await run(...args);
    expect(code).toBe(2);
    for (const part of parts) expect(said).toContain(part.replace('DIR', dir));
    expect(said).toContain('fix:');
    expect(data).toBe('');
  });
});

it('a start that is refused by its options makes no data folder', async () => {
  expect((await run('start', '--data', 'DIR/new', '--profile', 'enhanced')).code).toBe(2);
  expect(existsSync(join(dir, 'new'))).toBe(false);
});

describe('help and version', () => {
  it('shows every command with examples and exit codes, on stdout', async () => {
    const { code, data } = await run('--help');
    expect(code).toBe(0);
    for (const command of [
      'start',
      'status',
      'halt',
      'flatten',
      'arm',
      'why',
      'load',
      'backtest',
      'replay',
      'queues',
      'migrate',
      'doctor',
      'reset',
    ]) {
      expect(data).toContain(`\n  ${command}`);
    }
    expect(data).toContain('Exit codes');
  });

  it.each(['start', 'replay', 'backtest', 'why', 'load', 'halt', 'migrate'])(
    'shows examples for %s',
    async (command) => {
      expect((await run(command, '--help')).data).toContain(`./jules ${command}`);
    },
  );

  it.each([
    ['start', 'basic, enhanced'],
    ['replay', 'basic, enhanced'],
    ['backtest', 'basic, enhanced, bench'],
    ['prepare', 'basic'],
  ])('of %s lists the profiles that it takes: %s', async (command, profiles) => {
    const { data } = await run(command, '--help');
    expect(data.replaceAll(/\s+/g, ' ')).toContain(`risk limits: ${profiles} (default`);
  });

  it('shows help without a command, and the version', async () => {
    expect((await run()).data).toContain('Usage: jules');
    expect((await run('--version')).data).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
