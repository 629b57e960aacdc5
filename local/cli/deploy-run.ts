/**
 * What `jules deploy` does: checks what was asked, deploys or only plans, and says what stands where.
 */

import { appendFileSync, closeSync } from 'node:fs';
import type { StageName } from '../../shared/topology.ts';
import {
  deploy,
  type DeployPlan,
  type DeployRequest,
  type DeployResult,
  type DeployTalk,
  planDeploy,
} from '../deploy/deploy.ts';
import type { Place } from '../deploy/place.ts';
import { seedSecrets } from '../deploy/seed-secrets.ts';
import { lockDeploys } from '../deploy/lock.ts';
import { readTargetFile } from '../deploy/target-file.ts';
import type { StackStage, TargetName } from '../deploy/targets.ts';
import { defaultDataDir, prepareDataDir } from '../supervisor/data-dir.ts';
import { openLog } from '../supervisor/log-files.ts';
import { freePorts } from '../supervisor/ports.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, Problem } from '../supervisor/problem.ts';
import type { CliContext } from './context.ts';
import { printPlan, printResult, planJson, resultJson } from './deploy-view.ts';
import { watchStopSignals } from './signals.ts';
import type { Terminal } from './terminal.ts';
import { parseRegion, usageProblem } from './usage.ts';
import { withVault } from './secrets-vault.ts';

export interface DeployOptions {
  readonly target: TargetName;
  readonly stage?: StackStage;
  readonly endpoint?: string;
  readonly region?: string;
  readonly timing: StageName;
  readonly plan?: boolean;
  readonly yes?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

const REGION_DEFAULT = 'us-east-1';

export async function runDeploy(options: DeployOptions, context: CliContext): Promise<number> {
  checkOptions(options, context);
  const dataDir = prepareDataDir(options.data ?? defaultDataDir(context.env));
  const aborted = new AbortController();
  const signals = watchStopSignals(() => process.exit(EXIT_FAILED));
  void signals.first.then((name) => {
    context.terminal.note(`${name}: stopping; a second one ends at once`);
    aborted.abort();
  });
  const log = openLog(dataDir, 'deploy');
  const lock = await lockDeploys(dataDir);
  try {
    const request = await requestOf(options, { dataDir, context, signal: aborted.signal });
    const talk = talkOf(options, { dataDir, context, log });
    if (options.plan) tellPlan(await planDeploy(request, talk), options, context.terminal);
    else tellResult(await deploy(request, talk), options, context.terminal);
    return EXIT_OK;
  } finally {
    context.terminal.status('');
    closeSync(log);
    await lock.release();
    signals.dispose();
  }
}

function checkOptions({ target, stage, endpoint, yes, plan }: DeployOptions, { terminal }: CliContext): void {
  const own: StackStage = target === 'aws' ? 'paper' : 'local';
  if (stage !== undefined && stage !== own) {
    throw usageProblem('--stage', stage, `is not for ${target}`, `leave it out, or give --stage ${own}`);
  }
  if (target !== 'aws') return;
  if (endpoint !== undefined) {
    throw usageProblem(
      '--endpoint',
      endpoint,
      'is an emulator, and the target is aws',
      'give --target ministack or localstack',
    );
  }
  if (!yes && !plan && !terminal.canAsk) {
    throw new Problem('deploy to AWS asks first, and nobody can answer here', {
      fix: 'run it on a terminal, or look at --plan and then add --yes',
      exitCode: EXIT_USAGE,
    });
  }
}

interface Surroundings {
  readonly dataDir: string;
  readonly context: CliContext;
}

async function requestOf(
  options: DeployOptions,
  { dataDir, context, signal }: Surroundings & { signal: AbortSignal },
): Promise<DeployRequest> {
  const { env } = context;
  const last = readTargetFile(dataDir);
  const [postgres, runner] = (await freePorts(2)) as [number, number];
  return {
    target: options.target,
    endpoint: options.endpoint,
    region: options.region ?? last?.region ?? regionOf(env),
    timing: options.timing,
    dataDir,
    env,
    signal,
    ports: { postgres, runner },
  };
}

function regionOf(env: CliContext['env']): string {
  const name = env['AWS_REGION'] ? 'AWS_REGION' : 'AWS_DEFAULT_REGION';
  return parseRegion(name)(env[name] || REGION_DEFAULT);
}

function talkOf(options: DeployOptions, { dataDir, context, log }: Surroundings & { log: number }): DeployTalk {
  const { terminal } = context;
  return {
    note(text) {
      appendFileSync(log, `${text}\n`);
      terminal.note(text);
    },
    line(text) {
      appendFileSync(log, `${text}\n`);
      terminal.status(text.slice(0, STATUS_WIDTH_MAX));
    },
    confirm: async (plan) => options.yes === true || isAgreed(plan, terminal),
    seed: (place) => seedFromVault(place, { dataDir, context }),
  };
}

const STATUS_WIDTH_MAX = 100;

async function isAgreed(plan: DeployPlan, terminal: Terminal): Promise<boolean> {
  printPlan(plan, (text) => terminal.note(text));
  const { account, region } = plan.place;
  const answer = await terminal.ask(`Deploy this to account ${account} in ${region}? Type yes: `);
  return answer.trim().toLowerCase() === 'yes';
}

async function seedFromVault(place: Place, { dataDir, context }: Surroundings): Promise<number> {
  const { put, absent } = await withVault({ data: dataDir }, context, (call) =>
    seedSecrets(place, (name) => valueIn(call, name)),
  );
  if (absent.length > 0) {
    context.terminal.note(`the vault has no value yet for ${absent.join(', ')}: start and replay put theirs`);
  }
  return put.length;
}

async function valueIn(
  call: (target: string, input: object) => Promise<unknown>,
  name: string,
): Promise<string | null> {
  try {
    const { SecretString } = (await call('secretsmanager.GetSecretValue', { SecretId: name })) as {
      SecretString?: string;
    };
    return SecretString ?? null;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ResourceNotFoundException') return null;
    throw error;
  }
}

function tellPlan(plan: DeployPlan, { json }: DeployOptions, terminal: Terminal): void {
  if (json) terminal.out(JSON.stringify(planJson(plan)));
  else printPlan(plan, (text) => terminal.out(text));
}

function tellResult(result: DeployResult, { json }: DeployOptions, terminal: Terminal): void {
  if (json) terminal.out(JSON.stringify(resultJson(result)));
  else printResult(result, (text) => terminal.out(text));
}
