/**
 * What a deployment is told: the stage, its account and region, and the parameters an operator may choose.
 *
 * Context comes from `-c key=value` or from cdk.json; account and region also from the credentials in use. Nothing has
 * an account, a region or an address of its own.
 */

import { z } from 'zod';
import { STAGES, type StageName } from '../shared/topology.ts';

/** `local` is an emulator, `paper` is AWS; each in an account and region of its own. */
const DEPLOY_STAGES = ['local', 'paper'] as const;
type DeployStage = (typeof DEPLOY_STAGES)[number];

/** What an emulator may lack. Named in `-c skip=a,b`; the stage `paper` skips nothing. */
const SKIPPABLE = [
  'keys',
  'functions',
  'concurrency',
  'url',
  'rotation',
  'logMetrics',
  'math',
  'dashboard',
  'budget',
] as const;
export type Skippable = (typeof SKIPPABLE)[number];

export interface StageSettings {
  readonly stage: DeployStage;
  readonly account: string;
  readonly region: string;
  /** Which times of the topology hold. */
  readonly timing: StageName;
  readonly architecture: 'arm64' | 'x64';
  /** Where functions find an emulator; undefined on AWS, where the SDK knows. */
  readonly endpoint: string | undefined;
  /** Where functions find the policy runner; undefined leaves it to be said by whoever calls them. */
  readonly runnerUrl: string | undefined;
  /** Whether this target has it. */
  readonly has: (what: Skippable) => boolean;
}

/** The context makes no sense; the message names the key, its value and the fix. */
class ContextError extends Error {
  override readonly name = 'ContextError';
}

const schema = z.object({
  stage: z.enum(DEPLOY_STAGES),
  account: z.string().regex(/^\d{12}$/, 'is not twelve digits'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no region, such as us-east-1'),
  timing: z.enum(STAGES).default('default'),
  skip: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((word) => word !== ''))
    .pipe(z.array(z.enum(SKIPPABLE))),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  runnerUrl: z.url({ protocol: /^https?$/ }).optional(),
});

/** Throws ContextError. */
export function readSettings(
  context: (key: string) => unknown,
  env: Readonly<Record<string, string | undefined>>,
): StageSettings {
  const given = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, context(key)]));
  const { skip, ...settings } = parse({
    ...given,
    account: given['account'] ?? env['CDK_DEFAULT_ACCOUNT'],
    region: given['region'] ?? env['CDK_DEFAULT_REGION'],
  });
  if (settings.stage === 'paper' && skip.length > 0) {
    throw new ContextError(`skip is '${skip.join(',')}': stage paper leaves nothing out; take it away`);
  }
  return {
    ...settings,
    endpoint: settings.endpoint,
    runnerUrl: settings.runnerUrl,
    architecture: settings.stage === 'paper' || process.arch === 'arm64' ? 'arm64' : 'x64',
    has: (what) => !skip.includes(what),
  };
}

function parse(given: Record<string, unknown>): z.infer<typeof schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const key = String(issue.path[0]);
    const value = given[key] === undefined ? 'is not set' : `is ${JSON.stringify(given[key])}`;
    return `${key} ${value}: ${issue.message}; pass -c ${key}=VALUE`;
  });
  throw new ContextError(faults.join('\n'));
}
