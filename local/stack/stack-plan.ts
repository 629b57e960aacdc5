/**
 * The stack file of a new stack: what runs, from where, at which speed, on which ports.
 */

import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import type { MessagingConfig, SourceConfig, StackFile } from '../../shared/runtime/stack-file.ts';
import type { PaceConfig } from '../../shared/ports/stack-status.ts';
import { freePorts } from './ports.ts';
import { newRunId, type RunKind } from './run-registry.ts';

export interface StackPlan {
  readonly kind: RunKind;
  readonly config: Omit<RunConfig, 'runId' | 'bookId'>;
  /** Absent: a new run. */
  readonly runId?: string;
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
  const runId = plan.runId ?? newRunId(kind);
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

async function choosePorts(pagePort: number | null): Promise<StackFile['ports']> {
  const [secrets = 0, postgres = 0, queues = 0, runner = 0, gateway = 0, spare = 0] = await freePorts(6);
  return { secrets, postgres, queues, runner, gateway, page: pagePort ?? spare };
}
