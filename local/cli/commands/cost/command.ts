/**
 * `jules cost`: what a month costs, on the machine at hand, on the paper stage, and grown.
 */

import type { Command } from 'commander';
import { DEFAULT_REGION, GPU_NAMES, NETWORK_NAMES, PROFILE_NAMES } from '../../../../stacks/cost/profiles.ts';
import type { CliContext } from '../../context.ts';
import type { CostCommandOptions } from './run.ts';
import { collectAssumption, collectPrice, parseMonth } from './option-parsers.ts';
import { parseChoice, parseInteger, parseRegion } from '../../options/option-parsers.ts';

const SYMBOLS_MAX = 500;
const HOURS_MAX = 744;

const EXAMPLES = `
Profiles:
  workstation   the machine at hand; nothing is known of it until --set and --price say so
  paper         the paper stage on AWS: one database, one zone, a GPU in market hours
  growth        20 symbols, Multi-AZ, two zones, training sweeps

Examples:
  ./jules cost --profile paper
  ./jules cost --profile growth --symbols 50 --hours 300 --network endpoints
  ./jules cost --profile paper --set training-hours=0:10:40 --set spot-factor=1
  ./jules cost --profile workstation --set watts=180 --price power.kwh=0.30 --price hardware.month=75

What has no price is NO DATA: it is named and left out of the sum. Prices older than 90 days are marked stale.
Method and assumptions: docs/cost.md`;

export function registerCost(program: Command, context: CliContext): void {
  program
    .command('cost')
    .description('itemise what a month costs, as a range')
    .requiredOption('--profile <name>', PROFILE_NAMES.join(', '), parseChoice('--profile', PROFILE_NAMES))
    .option('--symbols <n>', 'how many symbols', parseInteger('--symbols', { min: 1, max: SYMBOLS_MAX }))
    .option(
      '--hours <n>',
      'hours of the month that a GPU runner is up (default: the sessions and their warm-up)',
      parseInteger('--hours', { min: 0, max: HOURS_MAX }),
    )
    .option('--month <month>', 'such as 2026-12 (default: this month)', parseMonth)
    .option(
      '--region <name>',
      'such as eu-central-1; prices are recorded for us-east-1',
      parseRegion('--region'),
      DEFAULT_REGION,
    )
    .option('--gpu <name>', GPU_NAMES.join(', '), parseChoice('--gpu', GPU_NAMES))
    .option('--network <kind>', NETWORK_NAMES.join(' or '), parseChoice('--network', NETWORK_NAMES))
    .option('--multi-az', 'a second database in another zone')
    .option('--no-multi-az', 'one database')
    .option('--set <name=value>', 'an assumption, as one number or low:mid:high; repeatable', collectAssumption)
    .option('--price <id=usd>', 'a price in dollars a unit; repeatable', collectPrice)
    .option('--assumptions', 'list the assumptions too')
    .option('--json', 'print JSON, assumptions and sources included')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CostCommandOptions) => {
      const { runCost } = await import('./run.ts');
      context.exit(runCost(options, context));
    });
}
