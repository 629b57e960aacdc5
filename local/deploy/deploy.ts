/**
 * One deploy: emulator, templates, plan, bootstrap, stacks, secrets. Run again it changes nothing, or repairs.
 *
 * Throws Problem; what stands by then is in the target file, so that the next deploy or a destroy finds it.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StageName } from '../../shared/topology.ts';
import { EXIT_FAILED, EXIT_USAGE, Problem } from '../problem.ts';
import { type Account, callerAccount, openAccount, type StackState } from './account.ts';
import { type AssemblyStack, readAssembly } from './assembly.ts';
import { type Cdk, createCdk } from './cdk.ts';
import { findEmulator, type UsedEmulator, useEmulator } from './emulator.ts';
import { deployDir } from './lock.ts';
import { emulatorPlace, type Place } from './place.ts';
import { planStack, type StackPlan } from './plan.ts';
import { clearBroken, refuseClashes, type Repair } from './repair.ts';
import { readTargetFile, type TargetFile, type TargetPorts, writeTargetFile } from './target-file.ts';
import { TARGET_TITLES, scopeOf, type TargetName, type TargetScope } from './targets.ts';

export interface DeployRequest {
  readonly target: TargetName;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly timing: StageName;
  /** Parameters of the stacks on AWS. */
  readonly settings: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Where an emulator's functions find what stays with the supervisor; an earlier deploy's are kept. */
  readonly ports: TargetPorts;
}

/** How a deploy speaks and asks while it works. */
export interface DeployTalk {
  note(text: string): void;
  /** What the tools print. */
  line(text: string): void;
  /** False: a person said no. */
  confirm(plan: DeployPlan): Promise<boolean>;
  /** Puts the values of an emulator's secrets; how many changed. */
  seed(place: Place, ports: TargetPorts): Promise<number>;
}

export interface DeployPlan {
  readonly target: TargetName;
  readonly place: Place;
  readonly version: string | null;
  readonly scope: TargetScope;
  readonly settings: Readonly<Record<string, string>>;
  readonly stacks: readonly StackPlan[];
}

export interface DeployResult {
  readonly plan: DeployPlan;
  readonly stacks: readonly { stack: string; status: string; outputs: Readonly<Record<string, string>> }[];
  readonly seeded: number;
}

/** What would be done. Starts no emulator: without one, everything would be created. */
export async function planDeploy(request: DeployRequest, talk: DeployTalk): Promise<DeployPlan> {
  const site = await openSite(request, talk, findEmulator);
  try {
    return (await compare(site, talk)).plan;
  } finally {
    site.account?.close();
  }
}

export async function deploy(request: DeployRequest, talk: DeployTalk): Promise<DeployResult> {
  const site = await openSite(request, talk, useEmulator);
  try {
    return await deployTo({ ...site, account: site.account! }, talk);
  } finally {
    site.account?.close();
  }
}

interface Site {
  readonly request: DeployRequest;
  readonly place: Place;
  readonly emulator: UsedEmulator | null;
  readonly scope: TargetScope;
  readonly cdk: Cdk;
  /** Null: there is nobody to ask. */
  readonly account: Account | null;
  readonly file: TargetFile;
}

/** Stands in for an emulator that was not started: a plan needs an address to synthesise for. */
const NOWHERE = 'http://127.0.0.1:1';

async function openSite(request: DeployRequest, talk: DeployTalk, find: typeof findEmulator): Promise<Site> {
  const { target, dataDir, env, signal, region } = request;
  const last = readTargetFile(dataDir);
  refuseOtherTarget(request, last);
  const emulator =
    target === 'aws' ? null : await find({ ...request, name: target, last, note: (text) => talk.note(text) });
  const place =
    target === 'aws'
      ? { endpoint: null, account: await callerAccount(region), region }
      : emulatorPlace(emulator?.endpoint ?? NOWHERE, region);
  const scope = scopeOf(target, { hasContainers: emulator?.hasContainers ?? false });
  const account = target === 'aws' || emulator !== null ? openAccount(place) : null;
  const cdk = createCdk({ place, env, signal, assemblyDir: assemblyDir(dataDir), onLine: (line) => talk.line(line) });
  return { request, place, emulator, scope, cdk, account, file: targetFile({ request, place, emulator, scope, last }) };
}

async function deployTo(site: Site & { account: Account }, talk: DeployTalk): Promise<DeployResult> {
  const { request, account, cdk, place } = site;
  const { plan, stacks } = await compare(site, talk);
  if (request.target === 'aws' && !(await talk.confirm(plan))) throw declined();
  const file = { ...site.file, stacks: stacks.map(({ name }) => name) };
  writeTargetFile(request.dataDir, file);

  const repair: Repair = { account, place, signal: request.signal, note: (text) => talk.note(text) };
  await bootstrap(site, talk);
  await refuseClashes(stacks, repair);
  const wanted: AssemblyStack[] = [];
  for (const stack of stacks) {
    const isGone = await clearBroken(stack, repair);
    if (isGone || actionFor(stack, plan) !== 'none') wanted.push(stack);
  }
  if (wanted.length === 0) talk.note('every stack is as it should be');
  else await deployStacks(wanted, cdk, account, talk);

  const seeded = file.ports === null ? 0 : await talk.seed(place, file.ports);
  writeTargetFile(request.dataDir, { ...file, state: 'deployed', finishedAtMs: Date.now() });
  return { plan, seeded, stacks: await statesOf(stacks, account) };
}

async function compare(site: Site, talk: DeployTalk): Promise<{ plan: DeployPlan; stacks: AssemblyStack[] }> {
  const { request, place, scope, cdk, account, emulator } = site;
  const dir = assemblyDir(request.dataDir);
  rmSync(dir, { recursive: true, force: true });
  talk.note('synthesising the stacks');
  await cdk.synth(contextOf(site));
  const stacks = readAssembly(dir).filter(({ id }) => scope.stacks === null || scope.stacks.includes(id));
  const plans: StackPlan[] = [];
  for (const { name, template } of stacks) plans.push(planStack(name, template, (await account?.stack(name)) ?? null));
  const version = emulator?.version ?? null;
  return { stacks, plan: { target: request.target, place, version, scope, settings: request.settings, stacks: plans } };
}

async function bootstrap({ account, cdk, place }: Site & { account: Account }, talk: DeployTalk): Promise<void> {
  const state = await account.stack('CDKToolkit');
  if (state !== null && /^(CREATE|UPDATE)_COMPLETE$/.test(state.status)) return;
  talk.note('bootstrapping the CDK');
  try {
    await cdk.bootstrap();
  } catch (error) {
    const left = await account.stack('CDKToolkit');
    if (left === null || !(error instanceof Problem)) throw error;
    throw halfBootstrapped(left, error, place);
  }
}

/** Its bucket outlives its stack, and its name is free for nobody else then. */
function halfBootstrapped({ status }: StackState, cause: Problem, { account, region, endpoint }: Place): Problem {
  const bucket = `cdk-hnb659fds-assets-${account}-${region}`;
  const orRestart = endpoint === null ? '' : ', or restart the emulator';
  return new Problem(`${cause.message}\n  CDKToolkit is in ${status}`, {
    fix: `if bucket ${bucket} is left from an earlier bootstrap, empty and delete it${orRestart}; then run ./jules deploy again`,
    exitCode: EXIT_FAILED,
    cause,
  });
}

async function deployStacks(
  stacks: readonly AssemblyStack[],
  cdk: Cdk,
  account: Account,
  talk: DeployTalk,
): Promise<void> {
  talk.note(`deploying ${stacks.map(({ name }) => name).join(', ')}`);
  try {
    await cdk.deploy(stacks.map(({ id }) => id));
  } catch (error) {
    throw error instanceof Problem ? await withFailures(error, stacks, account) : error;
  }
}

/** CloudFormation knows which resource failed and why; the tool often says only that one did. */
async function withFailures(problem: Problem, stacks: readonly AssemblyStack[], account: Account): Promise<Problem> {
  try {
    const failures = await Promise.all(stacks.map(({ name }) => account.failures(name)));
    const lines = failures.flat().map((line) => `\n  ${line}`);
    const { fix, exitCode } = problem;
    return new Problem(`${problem.message}${lines.join('')}`, { fix, exitCode, cause: problem });
  } catch {
    // Not even that can be asked: the first problem says the most.
    return problem;
  }
}

async function statesOf(stacks: readonly AssemblyStack[], account: Account): Promise<DeployResult['stacks']> {
  const states: { stack: string; status: string; outputs: Readonly<Record<string, string>> }[] = [];
  for (const { name } of stacks) {
    const state = await account.stack(name);
    states.push({ stack: name, status: state?.status ?? 'MISSING', outputs: state?.outputs ?? {} });
  }
  return states;
}

function actionFor({ name }: AssemblyStack, { stacks }: DeployPlan): StackPlan['action'] {
  return stacks.find(({ stack }) => stack === name)?.action ?? 'create';
}

function assemblyDir(dataDir: string): string {
  return join(deployDir(dataDir), 'cdk.out');
}

function contextOf({ request, place, scope, file }: Site): Record<string, string> {
  const { account, region, endpoint } = place;
  const shared = { ...request.settings, stage: scope.stage, account, region, timing: request.timing };
  if (file.ports === null || endpoint === null) return shared;
  const emulated = { ...shared, skip: scope.skip.join(',') };
  // Its functions are containers: they get its address from it, and this machine has another name there.
  if (request.target === 'localstack')
    return { ...emulated, runnerUrl: `http://${SEEN_FROM_A_CONTAINER}:${file.ports.runner}` };
  return { ...emulated, endpoint, runnerUrl: `http://127.0.0.1:${file.ports.runner}` };
}

const SEEN_FROM_A_CONTAINER = 'host.docker.internal';

function targetFile(parts: {
  request: DeployRequest;
  place: Place;
  emulator: UsedEmulator | null;
  scope: TargetScope;
  last: TargetFile | null;
}): TargetFile {
  const { request, place, emulator, scope, last } = parts;
  return {
    format: 1,
    target: request.target,
    endpoint: place.endpoint,
    version: emulator?.version ?? null,
    account: place.account,
    region: place.region,
    stage: scope.stage,
    timing: request.timing,
    functions: scope.functions,
    ports: request.target === 'aws' ? null : (last?.ports ?? request.ports),
    stacks: [],
    state: 'deploying',
    startedAtMs: Date.now(),
    finishedAtMs: null,
    emulatorPid: emulator?.pid ?? null,
  };
}

/** One folder, one target: two would share its ports and its secrets. */
function refuseOtherTarget({ target, region, endpoint }: DeployRequest, last: TargetFile | null): void {
  if (last === null) return;
  const differs =
    last.target !== target || last.region !== region || (endpoint !== undefined && endpoint !== last.endpoint);
  if (!differs) return;
  const title = TARGET_TITLES[last.target];
  const where = [last.endpoint, last.region].filter(Boolean).join(', ');
  throw new Problem(`this folder's stacks are on ${title} (${where})`, {
    fix: `run ./jules destroy first, deploy with --target ${last.target} --region ${last.region}, or name another folder with --data DIR`,
    exitCode: EXIT_USAGE,
  });
}

function declined(): Problem {
  return new Problem('nothing was deployed', { fix: 'answer yes to deploy', exitCode: EXIT_FAILED });
}
