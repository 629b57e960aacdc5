/**
 * `jules start`: brings the stack up on the data folder and stays until it is stopped.
 *
 * A second start on the same folder says what runs there and leaves it alone.
 */

import type { Command } from 'commander';
import type { ProfileName } from '../../../../shared/domain/profile/profile.ts';
import type { PaceConfig } from '../../../../shared/ports/stack-status.ts';
import type { CliContext } from '../../context.ts';
import { addTradingOptions, LIMITED_PROFILES, option, refuseBench } from '../../options/run-options.ts';
import {
  parseBook,
  parseFolder,
  parseInteger,
  parseSessionDay,
  parseSpeed,
  parseSymbols,
} from '../../options/option-parsers.ts';
import type { StartOptions } from './options.ts';

/** The first session of the generated market. Fixed, so that a restart finds the run it left. */
const START_SESSION = 20_260_105;
const SPEED_DEFAULT: PaceConfig = { kind: 'speed', factor: 60 };

const EXAMPLES = `
Examples:
  ./jules start                                     generated market, 60 times real time
  ./jules start --speed 600 --symbols AAPL,MSFT,NVDA
  ./jules start --bars bars --start-date 2025-01-03 --to 2025-01-10

The same options on the same folder continue the run where it stopped; other options, or --new-run, begin another run,
which goes on with the cash of its book; the run before it stays readable and is not continued from then on. Recorded
bars are played on a book of their own. Positions that the run before left open are taken at their last marks, and it says so.`;

export function registerStart(program: Command, context: CliContext): void {
  addMarketOptions(program.command('start'), LIMITED_PROFILES)
    .description('start the stack and its live page; Ctrl-C stops it')
    .option('--daily <dir>', 'folder with the daily bars that profile enhanced needs', parseFolder('--daily'))
    .option(
      '--port <n>',
      'port of the page (default: 4750, or a free one)',
      parseInteger('--port', { min: 1, max: 65_535 }),
    )
    .option('--data <dir>', 'data folder (default: ~/.local/share/intraday-jules)')
    .option('--json', 'print events as JSON lines')
    .option('--watch', 'restart a part of the stack when its code changes; for work on the code')
    .addHelpText('after', EXAMPLES)
    .action(async (options: StartOptions, command: Command) => {
      refuseBench('start', options.profile);
      const given = Object.entries(options).filter(([name]) => command.getOptionValueSource(name) === 'cli');
      const { runStart } = await import('./run.ts');
      context.exit(await runStart(options, Object.fromEntries(given), context));
    });
}

/** What trades, on which market, how fast. */
export function addMarketOptions(command: Command, profiles: readonly ProfileName[]): Command {
  return addTradingOptions(command, profiles)
    .addOption(
      option('--symbols <list>', 'symbols with commas between them', parseSymbols, ['AAPL', 'MSFT'], 'AAPL,MSFT'),
    )
    .addOption(option('--speed <factor>', 'times real time, max, or realtime', parseSpeed, SPEED_DEFAULT, '60'))
    .addOption(
      option('--start-date <date>', 'first session', parseSessionDay('--start-date'), START_SESSION, '2026-01-05'),
    )
    .option('--bars <dir>', 'play recorded bars instead of the generated market', parseFolder('--bars'))
    .option('--strict', 'refuse recorded bars of which a symbol lacks a session, instead of skipping that session')
    .option('--to <date>', 'last session of the recorded bars (default: the first)', parseSessionDay('--to'))
    .option('--book <name>', 'whose cash, peak and standing causes a new run continues (default: main)', parseBook)
    .option('--new-run', 'begin another run instead of continuing the one of these options');
}
