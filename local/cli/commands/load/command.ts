/**
 * `jules load`: stores recorded bars in the database. Loading a file again changes nothing.
 */

import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { LoadOptions } from './run.ts';
import { parseFolder, parseSymbols } from '../../options/option-parsers.ts';

export function registerLoad(program: Command, context: CliContext): void {
  program
    .command('load')
    .description('store recorded bars in the database, and name what is missing or bad')
    .requiredOption('--bars <dir>', 'folder with one CSV of 1-minute bars per symbol', parseFolder('--bars'))
    .requiredOption('--symbols <list>', 'symbols with commas between them', parseSymbols)
    .option('--daily <dir>', 'folder with daily bars to store as well', parseFolder('--daily'))
    .option('--data <dir>', 'data folder of the stack')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  ./jules load --bars bars --symbols AAPL,MSFT')
    .action(async (options: LoadOptions) => {
      const { load } = await import('./run.ts');
      context.exit(await load(options, context));
    });
}
