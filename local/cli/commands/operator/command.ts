/**
 * `jules halt`, `flatten` and `arm`: commands of the operator to the running account, each with its reason and its outcome.
 */

import type { Command } from 'commander';
import { REASON_MAX } from '../../../../shared/contracts/command.v2.ts';
import type { CliContext } from '../../context.ts';
import type { OperatorCommand, OperatorOptions } from './request.ts';

const ABOUT: Readonly<Record<OperatorCommand, string>> = {
  halt: 'close every position and stop trading until ./jules arm',
  flatten: 'close every position and open none until ./jules arm, without a halt',
  arm: 'let a halted or flattened account trade again, once it is flat; the drawdown limit counts from there',
};

export function registerCommands(program: Command, context: CliContext): void {
  for (const name of Object.keys(ABOUT) as OperatorCommand[]) {
    const command = program
      .command(name)
      .description(ABOUT[name])
      .option('--reason <text>', `why, at most ${REASON_MAX} characters; it is recorded`, 'not given')
      .option('--data <dir>', 'data folder of the stack')
      .option('--json', 'print the answer as JSON')
      .addHelpText('after', `\nExample:\n  ./jules ${name} --reason "checking a fill by hand"`)
      .action(async (options: OperatorOptions) => {
        const { sendCommand } = await import('./run.ts');
        context.exit(await sendCommand(name, options, context));
      });
    if (name === 'arm')
      command.option('--accept-audit <finding>', 'arm although the audit log does not verify, naming what was found');
  }
}
