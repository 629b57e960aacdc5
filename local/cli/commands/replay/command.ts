/**
 * `jules replay`: runs recorded bars through a stack of its own: gateway, queues, SQL, handlers and runner.
 */

import type { Command } from 'commander';
import { STAGES } from '../../../../shared/topology.ts';
import { EMULATORS } from '../../../deploy/targets.ts';
import type { Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { addRunOptions, LIMITED_PROFILES, option, refuseBench } from '../../options/run-options.ts';
import { parseChoice, parseSpeed, usageProblem } from '../../options/option-parsers.ts';
import type { ReplayOptions } from './run.ts';

const EXAMPLES = `
Examples:
  ./jules replay --bars bars --symbols AAPL,MSFT --date 2025-01-03
  ./jules replay --bars bars --symbols AAPL,MSFT --date 2025-01-03 --compare --json
  ./jules replay --target ministack --bars bars --symbols AAPL,MSFT --date 2025-01-03 --minutes 60 --compare
  ./jules replay --bars bars --symbols AAPL,MSFT --date 2025-01-03 --keep    prints the folder for ./jules why --data`;

export function registerReplay(program: Command, context: CliContext): void {
  addRunOptions(program.command('replay'), LIMITED_PROFILES)
    .description('run recorded bars through a whole stack in a folder of its own')
    .addOption(option('--speed <factor>', 'times real time, max, or realtime', parseSpeed, { kind: 'max' }, 'max'))
    .addOption(
      option(
        '--timing <name>',
        'timeouts of the queues',
        parseChoice('--timing', STAGES),
        'default',
        'default',
      ).hideHelp(),
    )
    .option(
      '--target <name>',
      `queues and functions of a deploy instead of the host's: ${EMULATORS.join(', ')}`,
      parseChoice('--target', EMULATORS),
    )
    .option('--data <dir>', 'with --target: the data folder that deploy was given')
    .option('--keep', 'keep the data folder of the stack and print it')
    .option('--compare', 'run the backtest as well and name the first minute that differs')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ReplayOptions) => {
      refuseBench('replay', options.profile);
      if (options.data !== undefined && options.target === undefined) throw dataWithoutTarget(options.data);
      const { runReplay } = await import('./run.ts');
      context.exit(await runReplay(options, context));
    });
}

function dataWithoutTarget(data: string): Problem {
  return usageProblem(
    '--data',
    data,
    'says where a deployed target is remembered, and a replay without --target has a folder of its own',
    'add --target, or leave out --data; --keep keeps the folder and prints it',
  );
}
