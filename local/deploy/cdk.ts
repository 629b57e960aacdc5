/**
 * The pinned CDK command line: synthesises once into a folder, then bootstraps and deploys from there.
 *
 * Throws Problem: every call has a time limit, and what the tool prints is turned into what to do next.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, Problem } from '../problem.ts';
import { explainCdk } from './cdk-problem.ts';
import type { Place } from './place.ts';
import { runTool } from './tool.ts';

export interface CdkOptions {
  readonly place: Place;
  /** Receives templates and bundles. */
  readonly assemblyDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly limits?: CdkLimits;
  readonly onLine: (line: string) => void;
}

/** In milliseconds: a custom resource that waits for an answer would hold a deploy for an hour. */
export interface CdkLimits {
  readonly synth: number;
  readonly bootstrap: number;
  readonly deploy: number;
}

type Step = keyof CdkLimits;
type Context = Readonly<Record<string, string>>;

export interface Cdk {
  synth(context: Context): Promise<void>;
  bootstrap(): Promise<void>;
  deploy(stackIds: readonly string[]): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MINUTE_MS = 60_000;

const EMULATOR_LIMITS: CdkLimits = {
  synth: 3 * MINUTE_MS,
  bootstrap: 3 * MINUTE_MS,
  deploy: 5 * MINUTE_MS,
};
/** A database, its network and a cluster take their time. */
const AWS_LIMITS: CdkLimits = {
  synth: 3 * MINUTE_MS,
  bootstrap: 15 * MINUTE_MS,
  deploy: 90 * MINUTE_MS,
};

export function createCdk(options: CdkOptions): Cdk {
  const { place, assemblyDir } = options;
  const limits = options.limits ?? (place.endpoint === null ? AWS_LIMITS : EMULATOR_LIMITS);
  const from = ['--app', assemblyDir];
  const call = { limits, options };
  const run = (step: Step, args: readonly string[]) =>
    runCdk(step, { ...call, args: [toolPath(place), '--no-color', ...args] });
  return {
    synth: (context) =>
      place.endpoint === null ? run('synth', synthArgs(assemblyDir, context)) : runApp(context, call),
    bootstrap: () => run('bootstrap', ['bootstrap', ...from, `aws://${place.account}/${place.region}`]),
    // Without a change set nothing is left waiting for a yes when the deploy is cut short.
    deploy: (ids) => run('deploy', ['deploy', ...from, ...DEPLOY, ...methodOf(place), ...ids]),
  };
}

const DEPLOY = ['--exclusively', '--require-approval', 'never', '--progress', 'events'];

function methodOf({ endpoint }: Place): string[] {
  return endpoint === null ? [] : ['--method', 'direct'];
}

function synthArgs(assemblyDir: string, context: Context): string[] {
  const pairs = Object.entries(context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return ['synth', '--quiet', '--output', assemblyDir, ...pairs];
}

/** The tool would ask AWS itself who is logged in; what an emulator gets needs no look-up, so the program is enough. */
function runApp(context: Context, { limits, options }: Omit<CdkCall, 'args'>): Promise<void> {
  const args = ['--disable-warning=ExperimentalWarning', join(ROOT, 'stacks', 'app.ts')];
  const env = { CDK_OUTDIR: options.assemblyDir, CDK_CONTEXT_JSON: JSON.stringify(context) };
  return runCdk('synth', { args, limits, options }, env);
}

interface CdkCall {
  readonly args: readonly string[];
  readonly limits: CdkLimits;
  readonly options: CdkOptions;
}

async function runCdk(
  step: Step,
  { args, limits, options }: CdkCall,
  more: Record<string, string> = {},
): Promise<void> {
  const { place, signal, onLine } = options;
  const end = await runTool({
    command: process.execPath,
    args,
    env: { ...toolEnv(place, options.env), ...more },
    cwd: ROOT,
    timeoutMs: limits[step],
    signal,
    onLine,
  });
  if (end.kind === 'exited' && end.code === 0) return;
  if (end.kind === 'exited') throw explainCdk(step, end.output, place);
  if (end.kind === 'stopped') throw wasStopped(step);
  throw new Problem(`cdk ${step} took longer than ${limits[step] / MINUTE_MS} minutes and was ended`, {
    fix: 'see whether the endpoint still answers (./jules status), then run the command again: it repairs',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

function wasStopped(step: string): Problem {
  return new Problem(`stopped during cdk ${step}; stacks may be half done`, {
    fix: 'run ./jules deploy again: it repairs; ./jules destroy takes everything away',
    exitCode: EXIT_FAILED,
  });
}

/** cdklocal sends everything, assets included, to one address; for AWS nothing is redirected. */
function toolPath({ endpoint }: Place): string {
  const path = join(ROOT, 'node_modules', endpoint === null ? 'aws-cdk/bin/cdk' : 'aws-cdk-local/bin/cdklocal');
  if (existsSync(path)) return path;
  throw new Problem('the CDK is not installed: development packages were left out', {
    fix: `run npm ci in ${ROOT}`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

const PASSED = ['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'];
const QUIET = { CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: 'true', NO_COLOR: '1' };

/** For an emulator, nothing of a person's AWS account: neither keys nor profile may reach it. */
function toolEnv(place: Place, env: CdkOptions['env']): Record<string, string> {
  const isPassed = (name: string) => PASSED.includes(name) || (place.endpoint === null && name.startsWith('AWS_'));
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassed(entry[0]),
  );
  const region = { AWS_REGION: place.region, AWS_DEFAULT_REGION: place.region, CDK_DEFAULT_REGION: place.region };
  return { ...Object.fromEntries(passed), ...QUIET, ...region, ...emulatorEnv(place) };
}

function emulatorEnv({ endpoint, credentials }: Place): Record<string, string> {
  if (endpoint === null || credentials === undefined) return {};
  const own = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const allowed = [...Object.keys(own), 'AWS_REGION', 'AWS_DEFAULT_REGION'];
  return {
    ...own,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    // cdklocal takes every other variable of this kind away.
    AWS_ENVAR_ALLOWLIST: allowed.join(','),
  };
}
