/**
 * `jules migrate`: brings the database of a data folder, or that of a deployed target, to this version's schema.
 */

import type { Command } from 'commander';
import { type TargetName, TARGETS } from '../../../deploy/targets.ts';
import type { CliContext } from '../../context.ts';
import type { MigrateOptions } from './run.ts';
import type { MigrateTargetOptions } from './target.ts';
import { parseChoice, parseRegion, parseServer, usageProblem } from '../../options/option-parsers.ts';

const HELP = `
With --target it makes roles, database, schema and logins on a server that is not of a data folder, such as RDS, with the
passwords that the target's secrets hold. Run again it says that nothing has changed, or puts right what differs.
On AWS it shows account, region and server, asks, and speaks TLS with a verified certificate only.

Examples:
  ./jules migrate                                    the database of the data folder
  ./jules migrate --target aws --server 127.0.0.1:15432 --ca bundle.pem
                                                     RDS, through a port that is forwarded to it
  ./jules migrate --target ministack                 a Postgres where MiniStack's functions look for one`;

type Options = MigrateOptions & Omit<MigrateTargetOptions, 'target'> & { readonly target?: TargetName };

export function registerMigrate(program: Command, context: CliContext): void {
  program
    .command('migrate')
    .description('apply the migrations that the database lacks; start does so by itself')
    .option(
      '--target <name>',
      `the database of a deployed target: ${TARGETS.join(', ')}`,
      parseChoice('--target', TARGETS),
    )
    .option('--server <host:port>', 'where to reach it (default: as its secrets say)', parseServer('--server'))
    .option('--admin-secret <name>', "name or ARN of the secret with the server's administrator (default: as deployed)")
    .option('--ca <file>', 'certificates that sign that of the server, on AWS (default: those that Node knows)')
    .option(
      '--region <name>',
      'AWS region (default: that of the last deploy, AWS_REGION, or us-east-1)',
      parseRegion('--region'),
    )
    .option('--yes', 'do not ask')
    .option('--data <dir>', 'data folder of the stack; with --target, the one that remembers it')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      const { target } = options;
      if (target === undefined) {
        refuseWithoutTarget(options);
        const { migrate } = await import('./run.ts');
        return context.exit(await migrate(options, context));
      }
      const { migrateTarget } = await import('./target.ts');
      return context.exit(await migrateTarget({ ...options, target }, context));
    });
}

function refuseWithoutTarget({ server, adminSecret, ca, region }: Options): void {
  const given = {
    '--server': server && `${server.host}:${server.port}`,
    '--admin-secret': adminSecret,
    '--ca': ca,
    '--region': region,
  };
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const fix = `add --target (${TARGETS.join(', ')}), or leave ${option} out`;
    throw usageProblem(option, value, 'is for the database of a target', fix);
  }
}
