/**
 * `jules deploy` and `jules destroy`: the stacks onto an emulator or AWS, and away again.
 */

import { type Command, Option } from 'commander';
import { TARGETS } from '../../../deploy/targets.ts';
import type { CliContext } from '../../context.ts';
import type { DeployOptions } from './run.ts';
import type { DestroyOptions } from './destroy.ts';
import { option } from '../../options/run-options.ts';
import { parseChoice, parseEndpoint, parseRegion, parseSetting } from '../../options/option-parsers.ts';

/** `short` is for tests: dead letters come after a minute. */
const TIMINGS = ['default', 'short'] as const;

const DEPLOY_EXAMPLES = `
Targets:
  ministack    functions, queues, secrets and schedules on this machine, without Docker
  localstack   queues and secrets; functions too where LocalStack has Docker, else our host polls its queues
  aws          everything, in the account of the AWS credentials in use; shows account and region, and asks.
               --set gives the stacks their parameters: alarmEmail and imageTag are needed; egress=nat|endpoints,
               multiAz, databaseClass, databaseGb, gpuClass, gpuMax and budgetUsd have defaults

Examples:
  ./jules deploy --target ministack                   starts MiniStack where none runs, and stays deployed
  ./jules deploy --target localstack --endpoint http://127.0.0.1:4566
  ./jules deploy --target aws --region eu-west-1 --set alarmEmail=ops@example.org --set imageTag=0.1.0 --plan
  ./jules replay --target ministack --bars bars --symbols AAPL,MSFT --date 2025-01-03 --compare

Run again it changes what differs, and repairs what was cut short.`;

const DESTROY_EXAMPLES = `
Examples:
  ./jules destroy            the active target: its stacks, and the emulator where deploy started it
  ./jules destroy --yes      on AWS without asking; stacks that are protected there stay until you unprotect them`;

export function registerDeploy(program: Command, context: CliContext): void {
  program
    .command('deploy')
    .description('deploy queues, secrets and functions to an emulator or AWS')
    .addOption(
      new Option('--target <name>', TARGETS.join(', '))
        .argParser(parseChoice('--target', TARGETS))
        .makeOptionMandatory(),
    )
    .option(
      '--stage <name>',
      'local (emulators) or paper (AWS); follows from the target',
      parseChoice('--stage', ['local', 'paper']),
    )
    .option('--endpoint <url>', 'address of an emulator that runs already', parseEndpoint('--endpoint'))
    .option(
      '--region <name>',
      'AWS region (default: that of the last deploy, AWS_REGION, or us-east-1)',
      parseRegion('--region'),
    )
    .option('--set <key=value>', 'a parameter of the stacks on AWS; may be repeated', parseSetting, {})
    .option('--plan', 'print what would be created or changed, and change nothing')
    .addOption(
      option(
        '--timing <name>',
        'times of the queues',
        parseChoice('--timing', TIMINGS),
        'default',
        'default',
      ).hideHelp(),
    )
    .option('--yes', 'do not ask')
    .option('--data <dir>', 'data folder: remembers the target, and its vault gives the secrets')
    .option('--json', 'print one JSON object')
    .addHelpText('after', DEPLOY_EXAMPLES)
    .action(async (options: DeployOptions) => {
      const { runDeploy } = await import('./run.ts');
      context.exit(await runDeploy(options, context));
    });
}

export function registerDestroy(program: Command, context: CliContext): void {
  program
    .command('destroy')
    .description('take away what deploy made')
    .option('--yes', 'do not ask')
    .option('--data <dir>', 'data folder that remembers the target')
    .option('--json', 'print one JSON object')
    .addHelpText('after', DESTROY_EXAMPLES)
    .action(async (options: DestroyOptions) => {
      const { runDestroy } = await import('./destroy.ts');
      context.exit(await runDestroy(options, context));
    });
}
