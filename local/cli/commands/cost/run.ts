/**
 * Prints a month of a profile.
 */

import { type CostOptions, monthlyCost } from '../../../../stacks/cost/monthly-cost.ts';
import type { GpuName, NetworkName, ProfileName } from '../../../../stacks/cost/profiles.ts';
import type { CostReport } from '../../../../stacks/cost/report.ts';
import { EXIT_OK, EXIT_USAGE, messageOf, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import type { Assumed, Prices } from './option-parsers.ts';
import type { Terminal } from '../../shell/terminal.ts';
import { assumptionLines, costLines } from './table.ts';

export interface CostCommandOptions {
  readonly profile: ProfileName;
  readonly symbols?: number;
  readonly hours?: number;
  readonly month?: string;
  readonly region: string;
  readonly gpu?: GpuName;
  readonly network?: NetworkName;
  readonly multiAz?: boolean;
  readonly set?: Assumed;
  readonly price?: Prices;
  readonly assumptions?: boolean;
  readonly json?: boolean;
}

export function runCost(options: CostCommandOptions, { terminal }: CliContext): number {
  const report = costOf(options);
  if (options.json) {
    terminal.out(JSON.stringify(report));
    return EXIT_OK;
  }
  const paint: Terminal['paint'] = (style, text) => terminal.paint(style, text);
  const lines = [...costLines(report, paint), ...(options.assumptions ? assumptionLines(report, paint) : [])];
  for (const line of lines) terminal.out(line);
  return EXIT_OK;
}

function costOf({ profile, hours, set, price, ...rest }: CostCommandOptions): CostReport {
  const { json: _json, assumptions: _assumptions, ...choices } = rest;
  const options: CostOptions = {
    ...choices,
    nowMs: Date.now(),
    ...(hours === undefined ? {} : { runnerHours: hours }),
    ...(set === undefined ? {} : { assume: set }),
    ...(price === undefined ? {} : { prices: price }),
  };
  try {
    return monthlyCost(profile, options);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const fix = './jules cost --help says what may be given, --assumptions lists what is assumed';
    throw new Problem(messageOf(cause), { fix, exitCode: EXIT_USAGE, cause });
  }
}
