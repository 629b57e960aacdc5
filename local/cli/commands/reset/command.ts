/**
 * `jules reset`: deletes the data folder: runs, bars, database, credentials. Asks first.
 */

import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { ResetOptions } from './run.ts';

export function registerReset(program: Command, context: CliContext): void {
  program
    .command('reset')
    .description('delete the data folder with every run in it; asks first')
    .option('--data <dir>', 'data folder to delete')
    .option('--yes', 'do not ask')
    .action(async (options: ResetOptions) => {
      const { reset } = await import('./run.ts');
      context.exit(await reset(options, context));
    });
}
