/**
 * `jules backtest`: runs recorded bars through the pure core alone, with no stack.
 */

import type { Command } from 'commander';
import { PROFILE_NAMES } from '../../../../shared/domain/profile/profile.ts';
import { EXIT_OK } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { addRunOptions, type RunOptions } from '../../options/run-options.ts';

const EXAMPLES = `
Examples:
  ./jules backtest --bars bars --symbols AAPL,MSFT --date 2025-01-03
  ./jules backtest --bars bars --symbols AAPL,MSFT --from 2025-01-02 --to 2025-02-18 --rearm session --json`;

export function registerBacktest(program: Command, context: CliContext): void {
  addRunOptions(program.command('backtest'), PROFILE_NAMES)
    .description('run recorded bars through the core alone')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RunOptions) => {
      const { backtest } = await import('./run.ts');
      const { printRun } = await import('../../shell/run-table.ts');
      const summary = backtest(options, context);
      if (options.json) context.terminal.out(JSON.stringify(summary));
      else printRun(context.terminal, summary);
      context.exit(EXIT_OK);
    });
}
