/**
 * Takes away what deploys from this folder made: the stacks in reverse, then the emulator where it was started for them.
 *
 * Throws Problem naming what could not be taken away; the target file stays until everything is gone.
 */

import { EXIT_FAILED, Problem } from '../problem.ts';
import { type Account, openAccount } from './account.ts';
import { isListening, probeEmulator } from './emulator-probe.ts';
import { ownsEmulator, stopOwnEmulator } from './emulator.ts';
import { emulatorPlace, type Place } from './place.ts';
import { type Repair, settleStack } from './repair.ts';
import { removeTargetFile, type TargetFile, writeTargetFile } from './target-file.ts';

export interface DestroyRequest {
  readonly file: TargetFile;
  readonly dataDir: string;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

export interface Destroyed {
  readonly stacks: readonly string[];
  /** Its process was ended, and with it all that it held. */
  readonly emulatorStopped: boolean;
}

/** A database and its network take their time to go. */
const AWS_LIMIT_MS = 60 * 60_000;
const EMULATOR_LIMIT_MS = 3 * 60_000;

export async function destroy(request: DestroyRequest): Promise<Destroyed> {
  const { file, dataDir, note } = request;
  const stacks = (await isThere(file, note)) ? await destroyThere(request) : [];
  const emulatorStopped = await stopOwnEmulator(file);
  if (emulatorStopped) note(`the emulator at ${file.endpoint} is stopped`);
  removeTargetFile(dataDir);
  return { stacks, emulatorStopped };
}

/** Throws Problem when somebody is there who is not the emulator that was deployed to, or who hangs and is not ours. */
async function isThere(file: TargetFile, note: (text: string) => void): Promise<boolean> {
  const { target, endpoint } = file;
  if (target === 'aws' || endpoint === null) return true;
  if (!(await isListening(endpoint))) {
    note(`nobody listens at ${endpoint} any more: what it held is gone with it`);
    return false;
  }
  try {
    await probeEmulator(target, endpoint);
    return true;
  } catch (error) {
    if (!ownsEmulator(file)) throw error;
    note(`the emulator at ${endpoint} does not answer: it is ended with all that it holds`);
    return false;
  }
}

async function destroyThere(request: DestroyRequest): Promise<string[]> {
  writeTargetFile(request.dataDir, { ...request.file, state: 'destroying' });
  return destroyStacks(request);
}

async function destroyStacks({ file, signal, note }: DestroyRequest): Promise<string[]> {
  const place = placeOf(file);
  const account = openAccount(place);
  const limitMs = file.target === 'aws' ? AWS_LIMIT_MS : EMULATOR_LIMIT_MS;
  const gone: string[] = [];
  try {
    for (const name of [...file.stacks].reverse()) {
      if (await destroyStack(name, { account, place, signal, note, limitMs })) gone.push(name);
    }
    return gone;
  } finally {
    account.close();
  }
}

async function destroyStack(name: string, repair: Repair): Promise<boolean> {
  const { account, note } = repair;
  if ((await settleStack(name, repair)) === null) return false;
  note(`deleting ${name}`);
  await account.deleteStack(name);
  const left = await settleStack(name, { ...repair, note: () => undefined });
  if (left === null) return true;
  throw await stays(name, left.status, account);
}

async function stays(name: string, status: string, account: Account): Promise<Problem> {
  const failures = (await account.failures(name)).map((line) => `\n  ${line}`).join('');
  return new Problem(`${name} stays, in ${status}${failures}`, {
    fix: 'correct what it names, then run ./jules destroy again',
    exitCode: EXIT_FAILED,
  });
}

function placeOf({ endpoint, account, region }: TargetFile): Place {
  return endpoint === null ? { endpoint, account, region } : emulatorPlace(endpoint, region);
}
