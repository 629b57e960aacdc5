/**
 * What the page learns of the stack: the supervisor's view of the processes, what the host waits for, and the run.
 */

import type { StackNotice, StackStatus } from '../../shared/ports/stack-status.ts';
import {
  generatedSourceSchema,
  recordedSourceSchema,
  type SourceConfig,
  type StackFile,
} from '../../shared/runtime/stack-file.ts';
import type { StatusFile } from '../../shared/runtime/status-file.ts';
import type { Readiness } from './readiness.ts';

export interface StackStatusSources {
  readonly stack: StackFile;
  readonly readiness: Readiness;
  /** Null: the supervisor has written nothing yet. */
  readonly readStatusFile: () => StatusFile | null;
  readonly notices: () => readonly StackNotice[];
}

export function createStackStatus({
  stack,
  readiness,
  readStatusFile,
  notices,
}: StackStatusSources): () => StackStatus {
  // A process that is started again later is a part that is down, not a stack that starts.
  let hasRun = false;
  return () => {
    const file = readStatusFile();
    hasRun ||= readiness.isReady && file?.phase !== 'starting';
    const phase = file?.phase === 'failed' ? 'failed' : hasRun ? 'running' : 'starting';
    return {
      phase,
      waitingFor: phase === 'running' ? '' : waitingFor(file, readiness),
      kind: stack.kind,
      startedAtMs: stack.startedAtMs,
      run: stack.run,
      source: sourceText(stack.source),
      pace: stack.clock,
      lastSession: lastSession(stack.source),
      parts: file?.parts ?? [],
      notices: notices(),
    };
  };
}

function waitingFor(file: StatusFile | null, readiness: Readiness): string {
  return file?.waitingFor || readiness.waitingFor || '';
}

function sourceText(source: SourceConfig): string {
  if (generatedSourceSchema.safeParse(source).success) return 'generated market';
  return recordedSourceSchema.safeParse(source).success ? 'recorded bars' : source.kind;
}

function lastSession(source: SourceConfig): number | null {
  const recorded = recordedSourceSchema.safeParse(source);
  return recorded.success ? Math.max(...recorded.data.sessions) : null;
}
