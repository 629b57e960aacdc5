/**
 * `jules prepare`: makes a data folder ready for processes that something else starts, such as containers.
 */

import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { PrepareOptions } from './run.ts';
import { profile, type ProfileName, readsDailyBars } from '../../../../shared/domain/profile/profile.ts';
import { LIMITED_PROFILES, refuseBench } from '../../options/run-options.ts';
import { parseEndpoint, usageProblem } from '../../options/option-parsers.ts';
import { addMarketOptions } from '../start/command.ts';

const EXAMPLES = `
The environment of each process says where the parts are:
  JULES_LISTEN                     where it listens, such as 0.0.0.0:4750
  JULES_DATABASE                   where the database is, such as timescale:5432
  JULES_RUNNER_URL                 where the runner answers, such as http://gpu-runner:4770
  AWS_ENDPOINT_URL_SECRETS_MANAGER where the secrets answer, such as http://secrets:4740

Examples:
  JULES_DATABASE=timescale:5432 ./jules prepare --data /data --queues http://localstack:4566

The same options continue the previous run; other options begin another one. docs/images.md says what follows.`;

export function registerPrepare(program: Command, context: CliContext): void {
  addMarketOptions(
    program.command('prepare'),
    LIMITED_PROFILES.filter((name) => !readsDailyBars(profile(name))),
  )
    .description('make a data folder ready for processes that something else starts')
    .requiredOption('--data <dir>', 'data folder of the stack')
    .option('--queues <url>', 'SQS endpoint of LocalStack, such as http://localstack:4566', parseEndpoint('--queues'))
    .option('--admin-password-file <file>', 'where the password of the database server goes, for its first start')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (options: PrepareOptions) => {
      refuseBench('prepare', options.profile);
      refuseDailyBars(options.profile);
      const { prepare } = await import('./run.ts');
      context.exit(await prepare(options, context));
    });
}

/** Their table is in a database that stands elsewhere, and later than this command. */
function refuseDailyBars(name: ProfileName): void {
  if (!readsDailyBars(profile(name))) return;
  throw usageProblem(
    '--profile',
    name,
    'is refused by prepare: it reads daily bars, which prepare cannot store, and would deny every entry',
    'use --profile basic, or play it with ./jules start --daily DIR',
  );
}
