/**
 * `jules doctor`: checks what the stack needs; each failed check names its fix.
 */

import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { DoctorOptions } from './run.ts';

export function registerDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check what the stack needs; each failed check names its fix')
    .option('--data <dir>', 'data folder of the stack')
    .option('--json', 'print one JSON object')
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('./run.ts');
      context.exit(await runDoctor(options, context));
    });
}
