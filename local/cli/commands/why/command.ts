/**
 * `jules why <order>`: bar, features, policy, limits and fills of one decision on one screen.
 */

import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { WhyOptions } from './run.ts';

const EXAMPLES = `
Examples:
  ./jules why 20260105-029-AAPL-N     an entry; X is an exit, P a protective stop
  ./jules why 20260105-029-AAPL       a decision, with or without an order
  ./jules why 20250103-034-AAPL-N --data DIR     on the folder that ./jules replay --keep printed

A reference counts the minutes of its session from 000; everywhere else they are counted from 1, so 029 is minute 30.`;

export function registerWhy(program: Command, context: CliContext): void {
  program
    .command('why')
    .description('explain an order, or a decision without one')
    .argument('<order>', 'reference of an order, or session-minute-symbol of a decision')
    .option('--data <dir>', 'data folder of the stack')
    .option('--run <id>', 'the run, where the folder holds several (default: the newest that has it)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (reference: string, options: WhyOptions) => {
      const { explain } = await import('./run.ts');
      context.exit(await explain(reference, options, context));
    });
}
