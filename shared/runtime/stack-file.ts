/**
 * The description of one running stack, written by the supervisor into the data folder and read by its processes.
 *
 * Holds no secret: those are in the vault, whose endpoint is on one of its ports.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROFILE_NAMES } from '../domain/risk/types.ts';
import { FEE_TABLE_NAMES, POLICY_NAMES } from '../domain/run-config.ts';
import { STAGES } from '../topology.ts';

const PORT = z.int().min(1).max(65_535);

export const sourceConfigSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('generated'), seed: z.int().min(0), startSession: z.int() }),
  z.strictObject({ kind: z.literal('csv'), barsDir: z.string().min(1), sessions: z.array(z.int()).min(1) }),
]);
export type SourceConfig = z.infer<typeof sourceConfigSchema>;

export const clockConfigSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('max') }),
  z.strictObject({ kind: z.literal('speed'), factor: z.number().positive().max(100_000) }),
  z.strictObject({ kind: z.literal('realtime') }),
]);
export type ClockConfig = z.infer<typeof clockConfigSchema>;

const runConfigSchema = z.strictObject({
  runId: z.string().min(1),
  feed: z.string().min(1).max(40),
  symbols: z.array(z.string()).min(1),
  policy: z.enum(POLICY_NAMES),
  profile: z.enum(PROFILE_NAMES),
  fees: z.enum(FEE_TABLE_NAMES),
  accountUsdE4: z.int().positive(),
  seed: z.int().min(0).max(0xffff_ffff),
  minutesMax: z.int().min(1).max(390).nullable(),
  rearm: z.enum(['manual', 'session']),
});

export const stackFileSchema = z.strictObject({
  format: z.literal(1),
  supervisorPid: z.int(),
  startedAtMs: z.number(),
  kind: z.enum(['paper', 'replay']),
  stage: z.enum(STAGES),
  ports: z.strictObject({ secrets: PORT, postgres: PORT, queues: PORT, page: PORT, runner: PORT, gateway: PORT }),
  run: runConfigSchema,
  source: sourceConfigSchema,
  clock: clockConfigSchema,
  /** True: the gateway exits with 0 after the last session (replay). */
  exitWhenDone: z.boolean(),
});
export type StackFile = z.infer<typeof stackFileSchema>;

export const STACK_FILE = 'stack.json';

export function readStackFile(dataDir: string): StackFile {
  return stackFileSchema.parse(readJson(join(dataDir, STACK_FILE)));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8')) as unknown;
}
