/**
 * What a function learns from its environment: its stage, where the runner is, and which secrets it reads. Read once, in
 * its entry.
 *
 * Holds no secret, only names of secrets. Other endpoints than those of the region are `AWS_ENDPOINT_URL_SQS` and
 * `AWS_ENDPOINT_URL_SECRETS_MANAGER`, which the SDK reads itself.
 */

import * as z from 'zod';
import { STAGES, type StageName } from '../topology.ts';

export interface FunctionSettings {
  readonly region: string;
  readonly stage: StageName;
  /** As given; the logger knows its levels. */
  readonly logLevel: string | undefined;
  /** The secret that says where the database is and who asks. */
  readonly databaseSecret: string;
}

export interface RunnerSettings {
  readonly url: string;
  /** The secret with the token that the runner asks for. */
  readonly secret: string;
}

export interface RotationSettings {
  readonly region: string;
  readonly stage: StageName;
  readonly logLevel: string | undefined;
  /** The secret of a role that may make and alter login roles. */
  readonly adminSecret: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable is missing or makes no sense; the message names it, its value and the fix. */
class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Connections of one function: one at work, and one for what was cut off by its deadline and has not given up yet. */
export const FUNCTION_POOL_MAX = 2;

const TEXT = z.string().min(1);

const VARIABLES = {
  AWS_REGION: { schema: TEXT, example: 'us-east-1' },
  JULES_STAGE: { schema: z.enum(STAGES), example: STAGES.join(' or ') },
  JULES_DATABASE_SECRET: { schema: TEXT, example: 'jules/database/app' },
  JULES_RUNNER_URL: { schema: z.url({ protocol: /^https?$/ }), example: 'http://gpu-runner.internal:4800' },
  JULES_RUNNER_SECRET: { schema: TEXT, example: 'jules/runner/token' },
  JULES_PAGE_SECRET: { schema: TEXT, example: 'jules/page/token' },
  JULES_ADMIN_SECRET: { schema: TEXT, example: 'jules/database/admin' },
} as const;

type VariableName = keyof typeof VARIABLES;

/** Throws SettingsError. */
export function readFunctionSettings(env: Environment): FunctionSettings {
  return {
    region: read(env, 'AWS_REGION'),
    stage: read({ JULES_STAGE: 'default', ...env }, 'JULES_STAGE'),
    logLevel: env['JULES_LOG'],
    databaseSecret: read(env, 'JULES_DATABASE_SECRET'),
  };
}

/** Only signal asks the runner. Throws SettingsError. */
export function readRunnerSettings(env: Environment): RunnerSettings {
  return { url: read(env, 'JULES_RUNNER_URL'), secret: read(env, 'JULES_RUNNER_SECRET') };
}

/** The secret with the token of the page's commands; only report asks. Throws SettingsError. */
export function readPageSecret(env: Environment): string {
  return read(env, 'JULES_PAGE_SECRET');
}

/** Throws SettingsError. */
export function readRotationSettings(env: Environment): RotationSettings {
  return {
    region: read(env, 'AWS_REGION'),
    stage: read({ JULES_STAGE: 'default', ...env }, 'JULES_STAGE'),
    logLevel: env['JULES_LOG'],
    adminSecret: read(env, 'JULES_ADMIN_SECRET'),
  };
}

function read<Name extends VariableName>(env: Environment, name: Name): z.infer<(typeof VARIABLES)[Name]['schema']> {
  const { schema, example } = VARIABLES[name];
  const parsed = schema.safeParse(env[name]);
  if (parsed.success) return parsed.data as z.infer<(typeof VARIABLES)[Name]['schema']>;
  const given = env[name] === undefined ? 'is not set' : `is '${env[name]}'`;
  throw new SettingsError(`${name} ${given}: set it to something like ${example}`);
}
