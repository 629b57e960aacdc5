/**
 * Remembers in the data folder where the stacks were deployed: the active target, which `status` names and `replay`
 * uses. Written before the first stack is touched, so that a deploy cut short can be repaired or destroyed.
 */

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, EXIT_USAGE, Problem } from '../problem.ts';
import { STAGES } from '../../shared/topology.ts';
import { TARGET_TITLES, type TargetName, TARGETS } from './targets.ts';

const PORT = z.int().min(1).max(65_535);

const portsSchema = z.strictObject({ postgres: PORT, runner: PORT });
export type TargetPorts = z.infer<typeof portsSchema>;

const targetFileSchema = z.strictObject({
  format: z.literal(1),
  target: z.enum(TARGETS),
  /** Null: the region's own endpoints. */
  endpoint: z.url().nullable(),
  version: z.string().nullable(),
  account: z.string(),
  region: z.string().min(1),
  /** Of the stacks. */
  stage: z.enum(['local', 'paper']),
  /** Which times of the topology hold. */
  timing: z.enum(STAGES),
  functions: z.enum(['host', 'target']),
  /** Where functions of an emulator find what stays with the supervisor; null where nothing local is theirs. */
  ports: portsSchema.nullable(),
  /** By name, in the order of their deployment. */
  stacks: z.array(z.string()),
  state: z.enum(['deploying', 'deployed', 'destroying']),
  startedAtMs: z.number(),
  finishedAtMs: z.number().nullable(),
  /** The emulator's process, where `deploy` started it. */
  emulatorPid: z.int().nullable(),
});
export type TargetFile = z.infer<typeof targetFileSchema>;

const TARGET_FILE = 'target.json';

/** Null: nothing was deployed from this folder. Throws Problem when the file is damaged. */
export function readTargetFile(dataDir: string): TargetFile | null {
  const path = join(dataDir, TARGET_FILE);
  if (!existsSync(path)) return null;
  try {
    return targetFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Problem(`${path} is damaged or of another version`, {
      fix: `delete it and run ./jules deploy again; stacks that it named stay until ./jules destroy --target NAME --endpoint URL`,
      exitCode: EXIT_FAILED,
      cause,
    });
  }
}

/** The folder's target when it is `name` and stands as a whole. Throws Problem with the deploy that is missing. */
export function requireDeployed(name: TargetName, dataDir: string): TargetFile {
  const file = readTargetFile(dataDir);
  if (file?.target !== name) throw notDeployed(name, dataDir);
  if (file.state === 'deployed') return file;
  throw new Problem(`${TARGET_TITLES[name]} is half ${file.state === 'deploying' ? 'deployed' : 'destroyed'}`, {
    fix: `run ./jules deploy --target ${name}, which repairs`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

export function notDeployed(name: TargetName, dataDir: string): Problem {
  return new Problem(`nothing is deployed to ${TARGET_TITLES[name]} from ${dataDir}`, {
    fix: `run ./jules deploy --target ${name} first, or name its folder with --data DIR`,
    exitCode: EXIT_USAGE,
  });
}

/** Whole or not at all. */
export function writeTargetFile(dataDir: string, file: TargetFile): void {
  const path = join(dataDir, TARGET_FILE);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(targetFileSchema.parse(file), null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

export function removeTargetFile(dataDir: string): void {
  rmSync(join(dataDir, TARGET_FILE), { force: true });
}
