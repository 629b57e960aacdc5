/**
 * The settings of a deployment: the stage, its account and region, and the parameters an operator may choose.
 *
 * Context comes from `-c key=value` or from cdk.json; account and region also from the credentials in use. Nothing has
 * an account, a region or an address of its own.
 */

import * as z from 'zod';
import { STAGES, type StageName } from '../shared/topology.ts';

/** `local` is an emulator, `paper` is AWS; each in an account and region of its own. */
const DEPLOY_STAGES = ['local', 'paper'] as const;
type DeployStage = (typeof DEPLOY_STAGES)[number];

/** What an emulator may lack. Named in `-c skip=a,b`; the stage `paper` skips nothing. */
const SKIPPABLE = ['keys', 'functions', 'concurrency', 'url', 'rotation', 'logMetrics', 'math', 'dashboard'] as const;
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
  /** What only AWS has; null on an emulator. */
  readonly aws: AwsParameters | null;
  /** Whether this target has it. */
  readonly has: (what: Skippable) => boolean;
}

export type AwsParameters = Readonly<z.infer<typeof awsSchema>>;

/** The context makes no sense; the message names the key, its value and the fix. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/** A function is timed in whole seconds, which the stage of the crash tests is not. */
const TIMINGS = STAGES.filter((stage): stage is 'default' | 'short' => stage !== 'fast-redelivery');

const schema = z.object({
  stage: z.enum(DEPLOY_STAGES),
  account: z.string().regex(/^\d{12}$/, 'is not twelve digits'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region, such as us-east-1'),
  timing: z.enum(TIMINGS).default('default'),
  skip: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((word) => word !== ''))
    .pipe(z.array(z.enum(SKIPPABLE))),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  runnerUrl: z.url({ protocol: /^https?$/ }).optional(),
});

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const awsSchema = z.object({
  /** Who hears alarms and the budget. */
  alarmEmail: z.email(),
  /** Of the images in jules/gateway, jules/ib-gateway and jules/gpu-runner. */
  imageTag: z.string().regex(/^[\w][\w.-]{0,127}$/, 'is not a tag of an image'),
  /** How the inside reaches AWS: one NAT gateway, or interface endpoints and no way out at all. */
  egress: z.enum(['nat', 'endpoints']).default('nat'),
  /** A second database in another zone. */
  multiAz: flag.default(false),
  databaseClass: z.string().default('t4g.medium'),
  databaseGb: z.coerce.number().int().min(20).max(1_000).default(50),
  gpuClass: z.string().default('g6.xlarge'),
  gpuMax: z.coerce.number().int().min(1).max(16).default(2),
  budgetUsd: z.coerce.number().positive().default(600),
});

/** Throws ContextError. */
export function readSettings(
  context: (key: string) => unknown,
  env: Readonly<Record<string, string | undefined>>,
): StageSettings {
  const { skip, ...settings } = parse(schema, {
    ...givenFor(schema, context),
    account: context('account') ?? env['CDK_DEFAULT_ACCOUNT'],
    region: context('region') ?? env['CDK_DEFAULT_REGION'],
  });
  if (settings.stage === 'paper') refuseForAws({ skip: skip.join(',') || undefined, endpoint: settings.endpoint });
  return {
    ...settings,
    endpoint: settings.endpoint,
    runnerUrl: settings.runnerUrl,
    architecture: settings.stage === 'paper' || process.arch === 'arm64' ? 'arm64' : 'x64',
    aws: settings.stage === 'paper' ? parse(awsSchema, givenFor(awsSchema, context)) : null,
    has: (what) => !skip.includes(what),
  };
}

/** What only makes sense where an emulator stands in for AWS. */
function refuseForAws(given: Readonly<Record<string, string | undefined>>): void {
  const [key, value] = Object.entries(given).find((entry) => entry[1] !== undefined) ?? [];
  if (key === undefined) return;
  throw new ContextError(`${key} is '${value}': stage paper is AWS and leaves nothing out; take it away`);
}

function givenFor({ shape }: z.ZodObject, context: (key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.keys(shape).map((key) => [key, context(key)]));
}

function parse<Value>(wanted: z.ZodType<Value>, given: Record<string, unknown>): Value {
  const parsed = wanted.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const key = String(path[0]);
    const fault = given[key] === undefined ? 'is not set' : `is ${JSON.stringify(given[key])}: ${message}`;
    return `${key} ${fault}; pass -c ${key}=VALUE`;
  });
  throw new ContextError(faults.join('\n'));
}
