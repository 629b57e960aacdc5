/**
 * `jules status`: what runs on the data folder, what its account holds, and what stands in its way.
 */

import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { StatusOptions } from './run.ts';

export function registerStatus(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('say what runs on the data folder; exit code 4 when nothing does')
    .option('--data <dir>', 'data folder of the stack')
    .option('--json', 'print one JSON object')
    .action(async (options: StatusOptions) => {
      const { showStatus } = await import('./run.ts');
      context.exit(await showStatus(options, context));
    });
}
