/**
 * Which run a data folder continues under which options: `runs.json`. A run has a random id, so that two folders never
 * hold the same one; the same options on the same folder find theirs again.
 *
 * Throws Problem where the run was begun by a version that would go on with it differently.
 */

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type RunVersions, runVersions, versionDifference } from '../../shared/contracts/run-versions.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import { EXIT_FAILED, Problem } from '../problem.ts';
import { writeWhole } from './stack-store.ts';

export type RunKind = 'paper' | 'replay';

export const RUNS_FILE = 'runs.json';
const RUN_ID_BYTES = 16;

const entrySchema = z.strictObject({
  runId: z.string().min(1),
  begunAtMs: z.number(),
  versions: z.strictObject({ ledger: z.string(), features: z.string(), contracts: z.string(), policy: z.string() }),
});
const registrySchema = z.strictObject({ format: z.literal(1), runs: z.record(z.string(), entrySchema) });
type Registry = z.infer<typeof registrySchema>;

export interface RunWanted {
  readonly config: Pick<RunConfig, 'symbols' | 'policy'> & object;
  /** Where the market comes from, as the operator said it. */
  readonly market: object;
  /** Begins another run, whatever the folder holds under these options. */
  readonly isNew: boolean;
}

export interface ChosenRun {
  readonly runId: string;
  readonly isNew: boolean;
}

export function newRunId(kind: RunKind): string {
  return `${kind}-${randomBytes(RUN_ID_BYTES).toString('hex')}`;
}

/** The run that these options continue on the folder; null where they begin one. */
export function knownRun(dataDir: string, wanted: RunWanted): string | null {
  return wanted.isNew ? null : (readRegistry(join(dataDir, RUNS_FILE)).runs[fingerprintOf(wanted)]?.runId ?? null);
}

/** Written before the run begins, so that a start that is killed finds the same run again. */
export function chooseRun(dataDir: string, wanted: RunWanted): ChosenRun {
  const path = join(dataDir, RUNS_FILE);
  const registry = readRegistry(path);
  const fingerprint = fingerprintOf(wanted);
  const versions = runVersions(wanted.config);
  const known = wanted.isNew ? undefined : registry.runs[fingerprint];
  if (known !== undefined) {
    refuseDifference(known.runId, known.versions, versions);
    return { runId: known.runId, isNew: false };
  }
  const runId = newRunId('paper');
  const entry = { runId, begunAtMs: Date.now(), versions };
  writeWhole(path, { format: 1, runs: { ...registry.runs, [fingerprint]: entry } });
  return { runId, isNew: true };
}

function refuseDifference(runId: string, before: RunVersions, now: RunVersions): void {
  const difference = versionDifference(before, now);
  if (difference === null) return;
  throw new Problem(
    `run ${runId} cannot be continued: it was begun with ${difference.name} '${difference.before}', and this version has '${difference.now}'`,
    {
      fix: 'add --new-run to begin another run on the same book; the old one stays readable. The version that began it can continue it',
      exitCode: EXIT_FAILED,
    },
  );
}

/** @internal Exported for its tests. */
export function fingerprintOf({ config, market }: Pick<RunWanted, 'config' | 'market'>): string {
  return createHash('sha256')
    .update(JSON.stringify([sorted(config), sorted(market)]))
    .digest('hex');
}

/** The same text in whatever order the fields were set. */
function sorted(record: object): [string, unknown][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function readRegistry(path: string): Registry {
  if (!existsSync(path)) return { format: 1, runs: {} };
  try {
    return registrySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Problem(`${path} cannot be read: it says which runs this folder holds`, {
      fix: 'restore it, or delete it: the next start then begins a new run, and the old ones stay readable',
      exitCode: EXIT_FAILED,
      cause,
    });
  }
}
