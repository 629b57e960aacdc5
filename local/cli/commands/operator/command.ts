/**
 * `jules halt`, `flatten` and `arm`: commands of the operator to the running account, each with its reason.
 */

import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { OperatorCommand, OperatorOptions } from './run.ts';

const ABOUT: Readonly<Record<OperatorCommand, string>> = {
  halt: 'close every position and stop trading until ./jules arm',
  flatten: 'close every position and open none until ./jules arm; the account is not marked as halted',
  arm: 'let a halted or flattened account trade again; its drawdown limit starts again at the current equity',
};

export function registerCommands(program: Command, context: CliContext): void {
  for (const name of Object.keys(ABOUT) as OperatorCommand[]) {
    program
      .command(name)
      .description(ABOUT[name])
      .option('--reason <text>', 'why, at most 200 characters; it is recorded', 'not given')
      .option('--data <dir>', 'data folder of the stack')
      .option('--json', 'print the answer as JSON')
      .addHelpText('after', `\nExample:\n  ./jules ${name} --reason "checking a fill by hand"`)
      .action(async (options: OperatorOptions) => {
        const { sendCommand } = await import('./run.ts');
        context.exit(await sendCommand(name, options, context));
      });
  }
}
