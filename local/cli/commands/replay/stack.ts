/**
 * A stack of its own for one replay, in a folder of its own: brought up, played to the end, stopped.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackFile } from '../../../../shared/runtime/stack-file.ts';
import { prepareDataDir } from '../../../stack/data-dir.ts';
import type { DatabaseDriver } from '../../../stack/database-service.ts';
import { EXIT_FAILED, Problem } from '../../../problem.ts';
import { RESTART_RULES } from '../../../stack/restart-budget.ts';
import { Stack, type StackEvent } from '../../../stack/stack.ts';
import { readStoredRun, type StoredRun } from '../../reach/stored-run.ts';

export interface ReplayStackOptions {
  readonly file: StackFile;
  readonly driver: DatabaseDriver;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly keep: boolean;
  readonly onEvent?: (event: StackEvent) => void;
  readonly beforeGateway?: (stack: Stack) => Promise<unknown>;
  readonly onReady?: (stack: Stack) => void;
  /** While the stack is still up, after the last decision. */
  readonly onFinished?: (stack: Stack) => Promise<void>;
  /** Resolves to stop early. */
  readonly stopped?: Promise<unknown>;
  /** Receives every ledger row as text. */
  readonly onRow?: (row: string) => void;
}

export interface PlayedRun extends StoredRun {
  readonly wallMs: number;
  /** The folder of the stack, where it was kept. */
  readonly dataDir: string | null;
}

/** Throws Problem when a process fails for good, or when it was stopped. */
export async function playReplay(options: ReplayStackOptions): Promise<PlayedRun> {
  const dataDir = prepareDataDir(mkdtempSync(join(tmpdir(), 'jules-replay-')));
  const stack = new Stack({
    dataDir,
    file: options.file,
    driver: options.driver,
    rules: RESTART_RULES,
    env: options.env,
    onEvent: (event) => options.onEvent?.(event),
    ...(options.beforeGateway && { beforeGateway: options.beforeGateway }),
  });
  try {
    const wallMs = await play(stack, options);
    const server = { port: options.file.ports.postgres, secrets: stack.secrets };
    const stored = await readStoredRun(server, options.file.run.runId, options.onRow);
    await options.onFinished?.(stack);
    return { ...stored, wallMs: Math.max(wallMs, spanMs(stored)), dataDir: options.keep ? dataDir : null };
  } finally {
    await stack.stop();
    if (!options.keep) rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Milliseconds from ready to the last decision. */
async function play(stack: Stack, options: ReplayStackOptions): Promise<number> {
  const stopped = (options.stopped ?? new Promise<never>(() => undefined)).then(() => ({ kind: 'stopped' }) as const);
  const started = stack.start().then(() => ({ kind: 'started' }) as const);
  const first = await Promise.race([started, stopped]);
  const readyMs = performance.now();
  if (first.kind === 'started') options.onReady?.(stack);
  const end = first.kind === 'started' ? await Promise.race([stack.ended, stopped]) : first;
  if (end.kind === 'finished') return performance.now() - readyMs;
  if (end.kind === 'failed') throw end.problem;
  throw new Problem('the replay was stopped', {
    fix: 'start it again; a replay begins from the start',
    exitCode: EXIT_FAILED,
  });
}

/** The first minutes may have been played before the stack was seen to be ready. */
function spanMs({ latency }: StoredRun): number {
  const closed = latency.map((row) => row.closedMs);
  const recorded = latency.map((row) => row.recordedMs);
  return latency.length === 0 ? 0 : Math.max(...recorded) - Math.min(...closed);
}
