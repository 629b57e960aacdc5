/**
 * Shows a plan and what was deployed: for people in lines, for programs as one object.
 */

import { usd } from '../../../../shared/read-models/format.ts';
import { monthlyCost } from '../../../../stacks/cost/monthly-cost.ts';
import type { DeployPlan, DeployResult } from '../../../deploy/deploy.ts';
import type { ResourceChange, StackPlan } from '../../../deploy/plan.ts';
import { TARGET_TITLES } from '../../../deploy/targets.ts';

type Say = (text: string) => void;

const SIGNS: Readonly<Record<ResourceChange['action'], string>> = { create: '+', change: '~', delete: '-' };
const ACTIONS: Readonly<Record<StackPlan['action'], string>> = {
  create: 'will be created',
  change: 'will be changed',
  repair: 'is half done and will be made again',
  none: 'stays as it is',
};

export function printPlan(plan: DeployPlan, say: Say): void {
  say(`plan for ${whereOf(plan)}`);
  for (const stack of plan.stacks) {
    say(`${stack.stack} ${ACTIONS[stack.action]}${stack.status === null ? '' : ` (${stack.status})`}`);
    for (const change of stack.changes) say(`  ${changeLine(change)}`);
  }
  say(monthLine(monthOf(plan)));
  printLeftOut(plan, say);
}

export function printResult({ plan, stacks, seeded }: DeployResult, say: Say): void {
  say(`deployed to ${whereOf(plan)}`);
  for (const { stack, status, outputs } of stacks) {
    say(`  ${stack.padEnd(30)} ${status}`);
    for (const [name, value] of Object.entries(outputs)) say(`    ${name} = ${value}`);
  }
  say(`  ${seeded} secrets have a new value`);
  printLeftOut(plan, say);
  if (plan.target !== 'aws')
    say(`next: ./jules replay --target ${plan.target} --bars DIR --symbols AAPL,MSFT --date DATE --compare`);
}

export function planJson(plan: DeployPlan): object {
  const { target, place, version, scope, stacks } = plan;
  const { endpoint, account, region } = place;
  const { stage, functions, leftOut } = scope;
  return { target, endpoint, version, account, region, stage, functions, stacks, leftOut, month: monthOf(plan) };
}

export function resultJson({ plan, stacks, seeded }: DeployResult): object {
  return { ...planJson(plan), stacks, seeded };
}

function printLeftOut({ scope }: DeployPlan, say: Say): void {
  if (scope.leftOut.length === 0) return;
  say('left out:');
  for (const { what, why } of scope.leftOut) say(`  ${what}: ${why}`);
}

/** What a month of the deployed stage costs. */
type Month =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'usd';
      readonly low: number;
      readonly mid: number;
      readonly high: number;
      readonly unpriced: number;
    }
  | { readonly kind: 'unknown'; readonly region: string };

const MICRO = 1e6;

function monthOf({ target, place, settings }: DeployPlan): Month {
  if (target !== 'aws') return { kind: 'free' };
  const { totalUsdMicro, unpriced } = monthlyCost('paper', {
    nowMs: Date.now(),
    region: place.region,
    multiAz: settings['multiAz'] === 'true',
    network: settings['egress'] === 'endpoints' ? 'endpoints' : 'nat',
  });
  if (totalUsdMicro === null) return { kind: 'unknown', region: place.region };
  const { low, mid, high } = totalUsdMicro;
  return { kind: 'usd', low: low / MICRO, mid: mid / MICRO, high: high / MICRO, unpriced: unpriced.length };
}

function monthLine(month: Month): string {
  if (month.kind === 'free') return 'costs nothing: everything runs on this machine';
  if (month.kind === 'unknown')
    return `no price is recorded for ${month.region}: ./jules cost --profile paper shows those that are`;
  const { low, mid, high, unpriced } = month;
  const missing = unpriced === 0 ? '' : `, and ${unpriced} items without a price`;
  const range = `${usd(mid)} a month, between ${usd(low)} and ${usd(high)}`;
  return `costs about ${range}${missing}: ./jules cost --profile paper itemises it`;
}

function whereOf({ target, place, version, scope }: DeployPlan): string {
  const { endpoint, account, region } = place;
  if (target === 'aws') return `AWS account ${account}, region ${region}, stage ${scope.stage}`;
  const title = TARGET_TITLES[target];
  if (version === null) return `${title}, which does not run yet, region ${region}, stage ${scope.stage}`;
  return `${title} ${version} at ${endpoint}, region ${region}, stage ${scope.stage}`;
}

function changeLine({ action, logicalId, type, properties }: ResourceChange): string {
  const what = properties.length === 0 ? '' : `: ${properties.join(', ')}`;
  return `${SIGNS[action]} ${type} ${logicalId}${what}`;
}
