/**
 * Drives rotations: runs the four steps of one secret in their order, tries a failed one again, and starts those whose
 * window has opened. Everything it needs to go on after a crash is in the vault.
 *
 * In quiet hours no schedule starts or repeats anything; what was missed begins when they are over. RotateSecret is
 * somebody's wish, and is carried out at any time.
 */

import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { Logger } from '../../../../shared/ports/logger.ts';
import type { SecretAudit } from '../../../../shared/ports/secret-audit.ts';
import type { Rotation, SecretRecord } from '../../../vault/store/records.ts';
import type { Vault } from '../../../vault/store/vault.ts';
import { CURRENT, holderOf } from '../stages.ts';
import { begun, finished, withPendingVersion } from './begin.ts';
import { ROTATION_STEPS, type RotationInvoker, RotationStepError } from './invoker.ts';
import type { QuietHours } from './market-hours.ts';
import { nextWindowMs } from './schedule.ts';
import { codeOf, runStep, type StepParts } from './step.ts';
import { tryOut } from './try-out.ts';

export interface RotationDriver {
  /** False where no rotation function can be reached. */
  readonly canInvoke: boolean;
  isRunning(name: string): boolean;
  /** Runs the rotation that the vault says is pending. Returns at once. */
  start(name: string): void;
  /** Runs only testSecret, on a copy of the current value. Returns at once. */
  tryOut(name: string, versionId: string): void;
  /** Stops between two steps. */
  cancel(name: string): void;
  /** Starts what is due. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

export interface RotationDriverOptions {
  readonly vault: Vault;
  readonly audit: SecretAudit;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Null: RotateSecret is refused. */
  readonly invoker: RotationInvoker | null;
  readonly quietHours: QuietHours;
}

/** Before each further attempt; after the last one the rotation waits for the next window. */
const RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000];
const AT_ONCE_MAX = 4;

export function createRotationDriver(options: RotationDriverOptions): RotationDriver {
  const { vault, clock, logger, invoker, quietHours } = options;
  const running = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();
  let isStopping = false;

  function run(name: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (running.has(name) || running.size >= AT_ONCE_MAX) return;
    const stop = new AbortController();
    const done = work(stop.signal)
      .catch((error: unknown) => logger.error({ err: error, secret: name }, 'a rotation could not be recorded'))
      .finally(() => {
        running.delete(name);
        startIfAsked(name);
      });
    running.set(name, { stop, done });
  }

  /** The next rotation may have been asked for between the last step of this one and its record. */
  function startIfAsked(name: string): void {
    const secret = vault.state.secrets.get(name);
    const nowMs = clock.nowMs();
    if (!isStopping && secret !== undefined && isRetryDue(secret.rotation, nowMs, quietHours)) start(name);
  }

  const start = (name: string): void => {
    if (invoker !== null) run(name, (signal) => rotate(name, { ...options, invoker, signal }));
  };

  return {
    canInvoke: invoker !== null,
    isRunning: (name) => running.has(name),
    start,
    tryOut: (name, versionId) => {
      if (invoker !== null) run(name, (signal) => tryOut(name, versionId, { ...options, invoker, signal }));
    },
    cancel: (name) => running.get(name)?.stop.abort(),
    async tick() {
      const nowMs = clock.nowMs();
      for (const secret of vault.state.secrets.values()) {
        if (running.has(secret.name) || !isDue(secret, nowMs, quietHours)) continue;
        if (isWindowOpen(secret.rotation, nowMs)) await begin(vault, secret.name, nowMs);
        start(secret.name);
      }
    },
    async stop() {
      isStopping = true;
      for (const { stop } of running.values()) stop.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

type Run = Omit<RotationDriverOptions, 'invoker'> & StepParts;

async function rotate(name: string, run: Run): Promise<void> {
  const secret = run.vault.state.secrets.get(name);
  const pending = secret?.rotation?.pending;
  if (secret === undefined || !pending) return;
  try {
    for (const step of ROTATION_STEPS) await runStep(secret, { step, versionId: pending.versionId }, run);
    await complete(name, pending.versionId, run);
    run.logger.info({ secret: name }, 'secret rotated');
  } catch (error) {
    if (run.signal.aborted) return;
    await noteFailure(name, pending.versionId, { error, run });
  }
}

/** Finished means that the new version is the current one, whatever the function answered. */
async function complete(name: string, versionId: string, { vault, clock }: Run): Promise<void> {
  const nowMs = clock.nowMs();
  const isCurrent = await vault.transact((transaction) => {
    const secret = transaction.find(name);
    if (!secret?.rotation || holderOf(secret.versions, CURRENT)?.id !== versionId) return false;
    const done = finished(secret.rotation, nowMs);
    const { pending } = secret.rotation;
    // What was asked for meanwhile is another rotation, and stays to be done.
    const rotation = pending === null || pending.versionId === versionId ? done : { ...done, pending };
    transaction.put({ ...secret, rotation, changedMs: nowMs });
    return true;
  });
  if (!isCurrent) throw new RotationStepError('NOT_FINISHED', `finishSecret did not make ${versionId} current`);
}

async function noteFailure(
  name: string,
  versionId: string,
  { error, run: { vault, clock, logger } }: { error: unknown; run: Run },
): Promise<void> {
  const nowMs = clock.nowMs();
  const rotation = await vault.transact((transaction) => {
    const secret = transaction.find(name);
    if (secret?.rotation?.pending?.versionId !== versionId) return null;
    const failed = afterFailure(secret.rotation, secret.rotation.pending, codeOf(error), nowMs);
    transaction.put({ ...secret, rotation: failed });
    return failed;
  });
  const attempts = rotation?.pending?.attempts;
  logger.warn({ err: error, secret: name, attempts }, 'a rotation failed: the current value stays');
}

function afterFailure(
  rotation: Rotation,
  pending: NonNullable<Rotation['pending']>,
  failure: string,
  nowMs: number,
): Rotation {
  const delayMs = RETRY_DELAYS_MS[pending.attempts];
  const retryMs = delayMs === undefined ? null : nowMs + delayMs;
  const nextMs = delayMs === undefined ? nextWindowMs(rotation.rules, nowMs) : rotation.nextMs;
  return { ...rotation, nextMs, pending: { ...pending, attempts: pending.attempts + 1, failure, retryMs } };
}

/** By its window: a new version, or another round of the one that was given up. */
async function begin(vault: Vault, name: string, nowMs: number): Promise<void> {
  await vault.transact((transaction) => {
    const secret = transaction.find(name);
    if (!secret?.rotation) return;
    const versionId = secret.rotation.pending?.versionId ?? randomUUID();
    const rotation = begun(secret.rotation, { versionId, isAsked: false }, nowMs);
    transaction.put({ ...withPendingVersion(secret, versionId, nowMs), rotation });
  });
}

function isDue(secret: SecretRecord, nowMs: number, quietHours: QuietHours): boolean {
  const { rotation, deletionMs } = secret;
  if (rotation === null || !rotation.enabled || deletionMs !== null) return false;
  return isRetryDue(rotation, nowMs, quietHours) || (isWindowOpen(rotation, nowMs) && !quietHours(nowMs));
}

function isRetryDue(rotation: Rotation | null, nowMs: number, quietHours: QuietHours): boolean {
  const { retryMs = null, isAsked = false } = rotation?.pending ?? {};
  return retryMs !== null && retryMs <= nowMs && (isAsked || !quietHours(nowMs));
}

function isWindowOpen(rotation: Rotation | null, nowMs: number): boolean {
  if (rotation === null || rotation.nextMs === null || rotation.nextMs > nowMs) return false;
  return rotation.pending === null || rotation.pending.retryMs === null;
}
