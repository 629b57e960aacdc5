/**
 * Before a deploy: waits for what is under way, takes half-made stacks away, and refuses names that are taken.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, Problem } from '../problem.ts';
import type { Account, StackState } from './account.ts';
import type { AssemblyStack } from './assembly.ts';
import type { Place } from './place.ts';

export interface Repair {
  readonly account: Account;
  readonly place: Place;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly limitMs?: number;
}

const POLL_MS = 500;
const LIMIT_MS = 3 * 60_000;

/** The stack as it stands when nothing works on it any more; null when it is gone. */
export async function settleStack(name: string, repair: Repair): Promise<StackState | null> {
  const giveUpMs = performance.now() + (repair.limitMs ?? LIMIT_MS);
  let isNoted = false;
  for (;;) {
    const state = await repair.account.stack(name);
    if (state === null || !isUnderWay(state)) return state;
    if (!isNoted) repair.note(`waiting for ${name}, which is in ${state.status}`);
    isNoted = true;
    if (repair.signal.aborted) throw stopped(name);
    if (performance.now() > giveUpMs) throw stuck(name, state, repair.place);
    await pause(POLL_MS);
  }
}

/** True: the stack was half made, or lacks something on an emulator, and is gone now. */
export async function clearBroken(stack: AssemblyStack, repair: Repair): Promise<boolean> {
  const { account, place, note } = repair;
  const state = await settleStack(stack.name, repair);
  if (state === null) return false;
  const why = brokenBy(state, place) ?? (await missingFrom(stack, repair));
  if (why === null) return false;
  note(`${stack.name} ${why}: it is deleted and made again`);
  await account.deleteStack(stack.name);
  const left = await settleStack(stack.name, repair);
  if (left === null) return true;
  throw new Problem(`${stack.name} cannot be deleted: ${left.status} ${left.reason}`, {
    fix: place.endpoint === null ? 'delete it in the console' : 'run ./jules destroy, then ./jules deploy',
    exitCode: EXIT_FAILED,
  });
}

/** Throws Problem naming everything that a stack would make and that exists outside of it. */
export async function refuseClashes(stacks: readonly AssemblyStack[], { account, place }: Repair): Promise<void> {
  const taken: string[] = [];
  for (const { name, template } of stacks) {
    const made = (await account.stack(name)) === null ? new Set<string>() : await account.made(name);
    for (const [id, resource] of Object.entries(template.Resources)) {
      const clash = made.has(id) ? null : await account.taken(resource);
      if (clash !== null) taken.push(clash);
    }
  }
  if (taken.length === 0) return;
  throw new Problem(`${place.endpoint ?? 'the account'} has ${taken.join(', ')} already, made by no stack of ours`, {
    fix: 'delete what is named there, or deploy to another emulator, account or region',
    exitCode: EXIT_FAILED,
  });
}

/** A change set that nobody executed waits for ever and is not work. */
function isUnderWay({ status }: StackState): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}

const NEVER_MADE = new Set([
  'CREATE_FAILED',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'REVIEW_IN_PROGRESS',
  'DELETE_FAILED',
]);
const STUCK = new Set(['UPDATE_FAILED', 'UPDATE_ROLLBACK_FAILED']);

function brokenBy({ name, status, reason }: StackState, { endpoint }: Place): string | null {
  if (NEVER_MADE.has(status)) return `is in ${status}`;
  if (!STUCK.has(status)) return null;
  if (endpoint !== null) return `is in ${status}`;
  throw new Problem(`${name} is in ${status}: ${reason}`, {
    fix: `run npx cdk rollback, or continue the rollback of ${name} in the console; then deploy again`,
    exitCode: EXIT_FAILED,
  });
}

/** On an emulator only: there, something may be gone that CloudFormation still believes in. */
async function missingFrom({ name, template }: AssemblyStack, { account, place }: Repair): Promise<string | null> {
  if (place.endpoint === null) return null;
  const made = await account.made(name);
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (made.has(id) && account.hasName(resource) && (await account.taken(resource)) === null) return `lacks ${id}`;
  }
  return null;
}

function stuck(name: string, state: StackState, { endpoint }: Place): Problem {
  return new Problem(`${name} has been in ${state.status} for too long`, {
    fix: endpoint === null ? 'see its events in the console' : 'run ./jules destroy, then ./jules deploy',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

function stopped(name: string): Problem {
  return new Problem(`stopped while ${name} was under way`, {
    fix: 'run ./jules deploy again: it repairs',
    exitCode: EXIT_FAILED,
  });
}
