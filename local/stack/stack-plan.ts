/**
 * The stack file of a new stack: what runs, from where, at which speed, on which ports.
 */

import { randomBytes } from 'node:crypto';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import type { PaceConfig, MessagingConfig, SourceConfig, StackFile } from '../../shared/runtime/stack-file.ts';
import { freePorts } from './ports.ts';
import { type RunKind, runIdOf } from './run-id.ts';

export interface StackPlan {
  readonly kind: RunKind;
  readonly config: Omit<RunConfig, 'runId' | 'bookId'>;
  /** Absent: a book of the run's own. */
  readonly bookId?: string;
  readonly source: SourceConfig;
  readonly clock: PaceConfig;
  readonly stage: StackFile['stage'];
  /** Absent: the queues of the embedded host. */
  readonly messaging?: MessagingConfig;
  /** Null: any free port. */
  readonly pagePort: number | null;
  /** Absent: free ones of this machine. */
  readonly ports?: StackFile['ports'];
}

/** The stack that a folder held before, to be looked at again. */
export async function planView(last: StackFile, pagePort: number): Promise<StackFile> {
  return { ...last, supervisorPid: process.pid, startedAtMs: Date.now(), ports: await choosePorts(pagePort) };
}

export async function planStack(plan: StackPlan): Promise<StackFile> {
  const { kind, config, source, clock, stage, messaging = { kind: 'embedded' } } = plan;
  const named = runIdOf(kind, config, source);
  const runId = isRemembered(plan) ? `${named}-${randomSuffix()}` : named;
  return {
    format: 1,
    supervisorPid: process.pid,
    startedAtMs: Date.now(),
    kind,
    stage,
    ports: plan.ports ?? (await choosePorts(plan.pagePort)),
    messaging,
    run: { ...config, symbols: [...config.symbols], runId, bookId: plan.bookId ?? runId },
    source,
    clock,
    exitWhenDone: kind === 'replay',
  };
}

/**
 * A replay begins from the start, but queues that outlive it remember the last one: under the same name its messages would be
 * dropped as repeats, and those it left behind would be taken for ours.
 */
function isRemembered({ kind, messaging }: StackPlan): boolean {
  return kind === 'replay' && messaging?.kind === 'endpoint';
}

function randomSuffix(): string {
  return randomBytes(3).toString('hex');
}

async function choosePorts(pagePort: number | null): Promise<StackFile['ports']> {
  const [secrets = 0, postgres = 0, queues = 0, runner = 0, gateway = 0, spare = 0] = await freePorts(6);
  return { secrets, postgres, queues, runner, gateway, page: pagePort ?? spare };
}
