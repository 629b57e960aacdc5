/**
 * What a function is told by its environment: where database, runner and queues are. Read once, in its entry.
 *
 * Holds no secret: the password comes from a file, which the environment only names. Another endpoint for the queues
 * is `AWS_ENDPOINT_URL_SQS`, which the SDK reads itself.
 */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { STAGES, type StageName } from '../topology.ts';

export interface FunctionSettings {
  readonly region: string;
  readonly stage: StageName;
  /** As given; the logger knows its levels. */
  readonly logLevel: string | undefined;
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
    readonly poolMax: number;
  };
}

export interface RotationSettings {
  readonly region: string;
  readonly logLevel: string | undefined;
  /** The secret of a role that may make and alter login roles. */
  readonly adminSecret: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable is missing or makes no sense; the message names it, its value and the fix. */
class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** One at work, and one for what was cut off by its deadline and has not given up yet. */
const POOL_MAX = 2;
const TEXT = z.string().min(1);

const VARIABLES = {
  AWS_REGION: { schema: TEXT, example: 'us-east-1' },
  JULES_STAGE: { schema: z.enum(STAGES), example: STAGES.join(' or ') },
  JULES_PG_HOST: { schema: TEXT, example: 'db.internal' },
  JULES_PG_PORT: { schema: z.coerce.number().int().min(1).max(65_535), example: '5432' },
  JULES_PG_DATABASE: { schema: TEXT, example: 'jules' },
  JULES_PG_USER: { schema: TEXT, example: 'jules_app' },
  JULES_PG_PASSWORD_FILE: { schema: TEXT, example: '/run/secrets/jules_app' },
  JULES_RUNNER_URL: { schema: z.url({ protocol: /^https?$/ }), example: 'http://gpu-runner.internal:4800' },
  JULES_ADMIN_SECRET: { schema: TEXT, example: 'jules/database/admin' },
} as const;

type VariableName = keyof typeof VARIABLES;

/** Throws SettingsError. */
export function readFunctionSettings(env: Environment): FunctionSettings {
  return {
    region: read(env, 'AWS_REGION'),
    stage: read({ JULES_STAGE: 'default', ...env }, 'JULES_STAGE'),
    logLevel: env['JULES_LOG'],
    postgres: {
      host: read(env, 'JULES_PG_HOST'),
      port: read({ JULES_PG_PORT: '5432', ...env }, 'JULES_PG_PORT'),
      database: read(env, 'JULES_PG_DATABASE'),
      user: read(env, 'JULES_PG_USER'),
      password: readPassword(read(env, 'JULES_PG_PASSWORD_FILE')),
      poolMax: POOL_MAX,
    },
  };
}

/** Only signal asks the runner. Throws SettingsError. */
export function readRunnerUrl(env: Environment): string {
  return read(env, 'JULES_RUNNER_URL');
}

/** Throws SettingsError. */
export function readRotationSettings(env: Environment): RotationSettings {
  return {
    region: read(env, 'AWS_REGION'),
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

function readPassword(path: string): string {
  try {
    const password = readFileSync(path, 'utf8').trimEnd();
    if (password !== '') return password;
  } catch (cause) {
    throw new SettingsError(`JULES_PG_PASSWORD_FILE is '${path}', which cannot be read: name a file of this function`, {
      cause,
    });
  }
  throw new SettingsError(`JULES_PG_PASSWORD_FILE is '${path}', which is empty: put the password into it`);
}
