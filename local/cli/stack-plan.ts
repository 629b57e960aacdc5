/**
 * The stack file of a new stack: what runs, from where, at which speed, on which ports.
 */

import type { RunConfig } from '../../shared/domain/run-config.ts';
import type { ClockConfig, SourceConfig, StackFile } from '../../shared/runtime/stack-file.ts';
import { freePorts } from '../supervisor/ports.ts';
import { type RunKind, runIdOf } from '../supervisor/run-id.ts';

export interface StackPlan {
  readonly kind: RunKind;
  readonly config: Omit<RunConfig, 'runId'>;
  readonly source: SourceConfig;
  readonly clock: ClockConfig;
  readonly stage: StackFile['stage'];
  /** Null: any free port. */
  readonly pagePort: number | null;
}

/** The stack that a folder held before, to be looked at again. */
export async function planView(last: StackFile, pagePort: number): Promise<StackFile> {
  return { ...last, supervisorPid: process.pid, startedAtMs: Date.now(), ports: await choosePorts(pagePort) };
}

export async function planStack(plan: StackPlan): Promise<StackFile> {
  const { kind, config, source, clock, stage } = plan;
  return {
    format: 1,
    supervisorPid: process.pid,
    startedAtMs: Date.now(),
    kind,
    stage,
    ports: await choosePorts(plan.pagePort),
    run: { ...config, symbols: [...config.symbols], runId: runIdOf(kind, config, source) },
    source,
    clock,
    exitWhenDone: kind === 'replay',
  };
}

async function choosePorts(pagePort: number | null): Promise<StackFile['ports']> {
  const [secrets = 0, postgres = 0, queues = 0, runner = 0, gateway = 0, spare = 0] = await freePorts(6);
  return { secrets, postgres, queues, runner, gateway, page: pagePort ?? spare };
}
