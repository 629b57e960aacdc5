/**
 * The description of one running stack, written by the supervisor into the data folder and read by its processes.
 *
 * Holds no secret: those are in the vault, whose endpoint is on one of its ports.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { runConfigSchema } from '../contracts/run-config.ts';
import { STAGES } from '../topology.ts';

const PORT = z.int().min(1).max(65_535);

export const generatedSourceSchema = z.strictObject({
  kind: z.literal('generated'),
  seed: z.int().min(0),
  startSession: z.int(),
});
export const recordedSourceSchema = z.strictObject({
  kind: z.literal('csv'),
  barsDir: z.string().min(1),
  sessions: z.array(z.int()).min(1),
});
/** The sources that the command line can name. */
export type NamedSource = z.infer<typeof generatedSourceSchema> | z.infer<typeof recordedSourceSchema>;

/** Any source: the one that `kind` names checks the rest when it is opened. */
const sourceConfigSchema = z.looseObject({ kind: z.string().min(1) });
export type SourceConfig = z.infer<typeof sourceConfigSchema>;

const paceConfigSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('max') }),
  z.strictObject({ kind: z.literal('speed'), factor: z.number().positive().max(100_000) }),
  z.strictObject({ kind: z.literal('realtime') }),
]);

const MESSAGING_TARGETS = ['ministack', 'localstack', 'aws'] as const;

/** Where the queues are, and who runs the functions behind them. */
export const messagingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }),
  z
    .strictObject({
      kind: z.literal('endpoint'),
      target: z.enum(MESSAGING_TARGETS),
      /** Null: the region's own, which only AWS has. */
      endpoint: z.url({ protocol: /^https?$/ }).nullable(),
      region: z.string().min(1),
      /** `target`: the functions are deployed there, and the host polls for none of them. */
      functions: z.enum(['host', 'target']),
    })
    .refine(({ target, endpoint }) => target === 'aws' || endpoint !== null, {
      path: ['endpoint'],
      message: 'null is for target aws: name the address of the emulator, such as http://127.0.0.1:4566',
    }),
]);
export type MessagingConfig = z.infer<typeof messagingSchema>;

export const stackFileSchema = z.strictObject({
  format: z.literal(1),
  supervisorPid: z.int(),
  startedAtMs: z.number(),
  kind: z.enum(['paper', 'replay']),
  stage: z.enum(STAGES),
  ports: z.strictObject({ secrets: PORT, postgres: PORT, queues: PORT, page: PORT, runner: PORT, gateway: PORT }),
  /** A stack of an earlier version had its own queues. */
  messaging: messagingSchema.default({ kind: 'embedded' }),
  run: runConfigSchema,
  source: sourceConfigSchema,
  clock: paceConfigSchema,
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
