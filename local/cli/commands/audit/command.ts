/**
 * `jules audit`: verifies the audit log, and shows it as a log.
 */

import type { Command } from 'commander';
import type { AuditShowOptions, AuditVerifyOptions } from './run.ts';
import type { CliContext } from '../../context.ts';
import { parseInteger } from '../../options/option-parsers.ts';

const LIMIT_MAX = 100_000;

const EXAMPLES = `
Examples:
  ./jules audit verify                            names the first entry of each chain that is not as it was written
  ./jules audit show --limit 20                   the latest entries of every chain
  ./jules audit show --run vault                  who read, changed or rotated which secret
  ./jules audit show --run system                 who asked for a change of state, and what was answered`;

export function registerAudit(program: Command, context: CliContext): void {
  const audit = program
    .command('audit')
    .description('verify and show the record of decisions, orders, fills, access and secrets')
    .addHelpText('after', EXAMPLES);
  common(audit.command('verify'))
    .description('check every entry and the exported heads; exit code 1 when one is altered, missing or out of place')
    .option('--key <file>', 'public key of the exported heads (default: that of the data folder)')
    .action(async (options: AuditVerifyOptions) => {
      const { verifyAudit } = await import('./run.ts');
      context.exit(await verifyAudit(options, context));
    });
  common(audit.command('show'))
    .description('show the latest entries, oldest first')
    .option('--run <id>', "a run, one of its chains such as RUN/risk, or 'system' (default: everything)")
    .option('--limit <n>', 'how many', parseInteger('--limit', { min: 1, max: LIMIT_MAX }), 50)
    .action(async (options: AuditShowOptions) => {
      const { showAudit } = await import('./run.ts');
      context.exit(await showAudit(options, context));
    });
}

function common(command: Command): Command {
  return command.option('--data <dir>', 'data folder of the stack').option('--json', 'print JSON');
}
