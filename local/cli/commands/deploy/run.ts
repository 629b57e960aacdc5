/**
 * What `jules deploy` does: checks what was asked, deploys or only plans, and says what is deployed where.
 */

import { appendFileSync, closeSync, existsSync } from 'node:fs';
import { createLogger, parseLogLevel } from '../../../../shared/adapters/system/logger.ts';
import type { StageName } from '../../../../shared/topology.ts';
import { databasePlace } from '../../../../shared/runtime/addresses.ts';
import {
  deploy,
  type DeployPlan,
  type DeployRequest,
  type DeployResult,
  type DeployTalk,
  planDeploy,
} from '../../../deploy/deploy.ts';
import type { Place } from '../../../deploy/place.ts';
import { seedSecrets } from '../../../deploy/seed-secrets.ts';
import { lockDeploys } from '../../../deploy/lock.ts';
import { readTargetFile, type TargetPorts } from '../../../deploy/target-file.ts';
import type { StackStage, TargetName } from '../../../deploy/targets.ts';
import { localSecrets } from '../../../vault/stack/local-secrets.ts';
import { openStackVault } from '../../../vault/stack/open-stack-vault.ts';
import { vaultPlaces } from '../../../vault/store/places.ts';
import { defaultDataDir, prepareDataDir } from '../../../stack/data-dir.ts';
import { findHolder } from '../../../stack/lock.ts';
import { openLog } from '../../../stack/log-files.ts';
import { freePorts } from '../../../stack/ports.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, Problem } from '../../../problem.ts';
import { confirm } from '../../shell/agreement.ts';
import type { CliContext } from '../../context.ts';
import { printPlan, printResult, planJson, resultJson } from './table.ts';
import { watchStopSignals } from '../../shell/signals.ts';
import type { Terminal } from '../../shell/terminal.ts';
import { regionOf, usageProblem } from '../../options/option-parsers.ts';
import { asProblem, withVault } from '../secrets/vault.ts';

export interface DeployOptions {
  readonly target: TargetName;
  readonly stage?: StackStage;
  readonly endpoint?: string;
  readonly region?: string;
  readonly timing: StageName;
  readonly set: Readonly<Record<string, string>>;
  readonly plan?: boolean;
  readonly yes?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

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
    if (options.plan) showPlan(await planDeploy(request, talk), options, context.terminal);
    else showResult(await deploy(request, talk), options, context.terminal);
    return EXIT_OK;
  } finally {
    context.terminal.status('');
    closeSync(log);
    await lock.release();
    signals.dispose();
  }
}

function checkOptions({ target, stage, endpoint, yes, plan, set }: DeployOptions, { terminal }: CliContext): void {
  const own: StackStage = target === 'aws' ? 'paper' : 'local';
  if (stage !== undefined && stage !== own) {
    throw usageProblem('--stage', stage, `is not for ${target}`, `leave it out, or give --stage ${own}`);
  }
  if (target !== 'aws') return refuseSettings(set, target);
  if (endpoint !== undefined) {
    throw usageProblem(
      '--endpoint',
      endpoint,
      'is an emulator, and the target is aws',
      'give --target ministack or localstack',
    );
  }
  if (!yes && !plan && !terminal.canAsk) {
    throw new Problem('deploy to AWS asks first, and this terminal is not interactive', {
      fix: 'run it on a terminal, or look at --plan and then add --yes',
      exitCode: EXIT_USAGE,
    });
  }
}

/** What they say is about AWS, or follows from the target. */
function refuseSettings(set: DeployOptions['set'], target: TargetName): void {
  const [first] = Object.entries(set);
  if (first === undefined) return;
  throw usageProblem('--set', first.join('='), `is not for ${target}`, 'leave it out, or deploy to aws');
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
    settings: options.set,
    dataDir,
    env,
    signal,
    ports: { postgres, runner },
  };
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
    seed: (place, ports) => seedFromVault(place, ports, { dataDir, context }),
  };
}

const STATUS_WIDTH_MAX = 100;

async function isAgreed(plan: DeployPlan, terminal: Terminal): Promise<boolean> {
  printPlan(plan, (text) => terminal.note(text));
  const { account, region } = plan.place;
  return confirm(`Deploy this to account ${account} in ${region}?`, terminal);
}

async function seedFromVault(place: Place, ports: TargetPorts, { dataDir, context }: Surroundings): Promise<number> {
  await ensureVault(dataDir, ports, context);
  const { put, absent } = await withVault({ data: dataDir }, context, (call) => seedSecrets(place, localSecrets(call)));
  if (absent.length > 0) {
    context.terminal.note(`the vault has no value for ${absent.join(', ')}: ./jules secrets put gives it one`);
  }
  return put.length;
}

/** A new data folder gets the secrets of its stack; one whose stack runs has them. */
function ensureVault(dataDir: string, { postgres }: TargetPorts, { env }: CliContext): Promise<void> {
  return asProblem(async () => {
    const { vaultDir } = vaultPlaces(dataDir);
    if (existsSync(vaultDir) && (await findHolder(vaultDir)) !== null) return;
    const logger = createLogger({ name: 'secrets', level: parseLogLevel(env['JULES_LOG'] ?? 'warn') });
    const opened = await openStackVault({ dataDir, at: databasePlace(env, postgres), logger });
    await opened.close();
  });
}

function showPlan(plan: DeployPlan, { json }: DeployOptions, terminal: Terminal): void {
  if (json) terminal.out(JSON.stringify(planJson(plan)));
  else printPlan(plan, (text) => terminal.out(text));
}

function showResult(result: DeployResult, { json }: DeployOptions, terminal: Terminal): void {
  if (json) terminal.out(JSON.stringify(resultJson(result)));
  else printResult(result, (text) => terminal.out(text));
}
