/**
 * `jules migrate`: brings the database of a data folder to this version's schema.
 */

import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import type { MigrateOptions } from '../migrate-run.ts';

export function registerMigrate(program: Command, context: CliContext): void {
  program
    .command('migrate')
    .description('apply the migrations that the database lacks; start does so by itself')
    .option('--data <dir>', 'data folder of the stack')
    .option('--json', 'print one JSON object')
    .action(async (options: MigrateOptions) => {
      const { migrate } = await import('../migrate-run.ts');
      context.exit(await migrate(options, context));
    });
}
