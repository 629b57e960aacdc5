/**
 * What each target gets and leaves out: only what the stacks can leave out, and each with its reason.
 */

import { describe, expect, it } from 'vitest';
import { scopeOf, type TargetName } from '../../../../local/deploy/targets.ts';
import { readSettings } from '../../../../stacks/settings.ts';

const CASES: readonly { target: TargetName; hasContainers: boolean; functions: string; stacks: string[] | null }[] = [
  {
    target: 'ministack',
    hasContainers: false,
    functions: 'target',
    stacks: ['messaging', 'secrets', 'functions', 'observability'],
  },
  { target: 'localstack', hasContainers: false, functions: 'host', stacks: ['messaging', 'secrets'] },
  {
    target: 'localstack',
    hasContainers: true,
    functions: 'target',
    stacks: ['messaging', 'secrets', 'functions', 'observability'],
  },
  { target: 'aws', hasContainers: false, functions: 'target', stacks: null },
];

describe('the scope of a target', () => {
  it.each(CASES)('$target, containers $hasContainers: functions run by the $functions', (each) => {
    const { functions, stacks, hasContainers } = each;
    expect(scopeOf(each.target, { hasContainers })).toMatchObject({ functions, stacks });
  });

  it.each(CASES.slice(0, 3))('$target, containers $hasContainers: skips only what the stacks can leave out', (each) => {
    const { stage, skip } = scopeOf(each.target, each);
    const context: Record<string, unknown> = {
      stage,
      skip: skip.join(','),
      account: '000000000000',
      region: 'us-east-1',
    };
    const settings = readSettings((key) => context[key], { CDK_DEFAULT_REGION: 'us-east-1' });
    for (const what of skip) expect(settings.has(what as Parameters<typeof settings.has>[0])).toBe(false);
  });

  it('leaves nothing out on AWS', () => {
    expect(scopeOf('aws', { hasContainers: false })).toMatchObject({ stage: 'paper', skip: [], leftOut: [] });
  });

  it('gives a reason for everything that an emulator does not get', () => {
    for (const target of ['ministack', 'localstack'] as const) {
      const { skip, leftOut } = scopeOf(target, { hasContainers: false });
      expect(leftOut.length).toBeGreaterThan(skip.length);
      for (const { what, why } of leftOut) expect(Math.min(what.length, why.length)).toBeGreaterThan(10);
    }
  });
});
