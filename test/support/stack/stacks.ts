/**
 * The stacks of a stage as templates, made in process: functions have some folder for their code, and nothing is asked
 * of AWS.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { FEATURE_FLAGS } from '../../../stacks/feature-flags.ts';
import { readSettings } from '../../../stacks/settings.ts';
import { addStacks } from '../../../stacks/stage.ts';

export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Synthesis {
  readonly stackNames: readonly string[];
  readonly resources: readonly Resource[];
  ofType(type: string): readonly Resource[];
  /** Values of a stack's outputs, as the template has them. */
  outputsOf(stack: string): Readonly<Record<string, unknown>>;
}

export const PAPER = {
  stage: 'paper',
  account: '111122223333',
  region: 'eu-central-1',
  alarmEmail: 'operator@example.com',
  imageTag: '1.2.3',
} as const;
export const LOCAL = { stage: 'local', account: '000000000000', region: 'us-east-1' } as const;

/** `extend` may add what a test wants to see found. Throws what a check of the stacks throws. */
export function synthesize(
  context: Readonly<Record<string, string>>,
  extend: (app: App) => void = () => undefined,
): Synthesis {
  const outdir = mkdtempSync(join(tmpdir(), 'jules-stacks-'));
  try {
    const options = { outdir, treeMetadata: false, builtinCloudFormationValidation: false };
    const app = new App({ context: { ...FEATURE_FLAGS, ...context }, ...options });
    const settings = readSettings((key) => app.node.tryGetContext(key) as unknown, {});
    addStacks(app, { settings, codeOf: () => Code.fromAsset('functions/upkeep') });
    extend(app);
    return read(app.synth().stacks);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

interface SynthesizedStack {
  readonly id: string;
  readonly stackName: string;
  readonly template: unknown;
}

interface Template {
  readonly Resources?: Record<string, Omit<Resource, 'stack' | 'id'>>;
  readonly Outputs?: Record<string, { readonly Value: unknown }>;
}

function read(stacks: readonly SynthesizedStack[]): Synthesis {
  const resources = stacks.flatMap(({ id: stack, template }) =>
    Object.entries((template as Template).Resources ?? {}).map(([id, resource]) => ({ ...resource, stack, id })),
  );
  return {
    stackNames: stacks.map(({ stackName }) => stackName),
    resources,
    ofType: (type) => resources.filter((resource) => resource.Type === type),
    outputsOf: (stack) => {
      const template = stacks.find(({ id }) => id === stack)?.template as Template | undefined;
      return Object.fromEntries(Object.entries(template?.Outputs ?? {}).map(([name, { Value }]) => [name, Value]));
    },
  };
}
