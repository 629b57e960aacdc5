/**
 * Names a run after what it is: the same options continue the same run, other options make another one.
 */

import { createHash } from 'node:crypto';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import type { NamedSource, SourceConfig } from '../../shared/runtime/stack-file.ts';

export type RunKind = 'paper' | 'replay';

const DIGEST_LENGTH = 10;

/** Such as `paper-3f9a0c11d2`. */
export function runIdOf(kind: RunKind, config: Omit<RunConfig, 'runId' | 'bookId'>, source: SourceConfig): string {
  const content = JSON.stringify([sorted(config), sorted(source)]);
  return `${kind}-${createHash('sha256').update(content).digest('hex').slice(0, DIGEST_LENGTH)}`;
}

/** Names the origin of the bars in `ohlcv`, so that two origins in one folder never mix. */
export function feedOf(source: NamedSource): string {
  if (source.kind === 'generated') return `sim-${source.seed}`;
  return `csv-${createHash('sha256').update(source.barsDir).digest('hex').slice(0, DIGEST_LENGTH)}`;
}

function sorted(record: object): [string, unknown][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
