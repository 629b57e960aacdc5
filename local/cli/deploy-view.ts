/**
 * Shows a plan and what was deployed: for people in lines, for programs as one object.
 */

import type { DeployPlan, DeployResult } from '../deploy/deploy.ts';
import type { ResourceChange, StackPlan } from '../deploy/plan.ts';
import { EMULATOR_TITLES } from '../deploy/targets.ts';

type Say = (text: string) => void;

const SIGNS: Readonly<Record<ResourceChange['action'], string>> = { create: '+', change: '~', delete: '-' };
const ACTIONS: Readonly<Record<StackPlan['action'], string>> = {
  create: 'will be created',
  change: 'will be changed',
  repair: 'is half done and will be made anew',
  none: 'stays as it is',
};

export function printPlan(plan: DeployPlan, say: Say): void {
  say(`plan for ${whereOf(plan)}`);
  for (const stack of plan.stacks) {
    say(`${stack.stack} ${ACTIONS[stack.action]}${stack.status === null ? '' : ` (${stack.status})`}`);
    for (const change of stack.changes) say(`  ${changeLine(change)}`);
  }
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
  return { target, endpoint, version, account, region, stage, functions, stacks, leftOut };
}

export function resultJson({ plan, stacks, seeded }: DeployResult): object {
  return { ...planJson(plan), stacks, seeded };
}

function printLeftOut({ scope }: DeployPlan, say: Say): void {
  if (scope.leftOut.length === 0) return;
  say('left out:');
  for (const { what, why } of scope.leftOut) say(`  ${what}: ${why}`);
}

function whereOf({ target, place, version, scope }: DeployPlan): string {
  const { endpoint, account, region } = place;
  if (target === 'aws') return `AWS account ${account}, region ${region}, stage ${scope.stage}`;
  const title = EMULATOR_TITLES[target];
  if (version === null) return `${title}, which does not run yet, region ${region}, stage ${scope.stage}`;
  return `${title} ${version} at ${endpoint}, region ${region}, stage ${scope.stage}`;
}

function changeLine({ action, logicalId, type, properties }: ResourceChange): string {
  const what = properties.length === 0 ? '' : `: ${properties.join(', ')}`;
  return `${SIGNS[action]} ${type} ${logicalId}${what}`;
}
