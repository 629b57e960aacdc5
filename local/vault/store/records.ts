/**
 * What the vault holds: secrets with their versions, sealed values, generations of the key-encryption key; and the
 * changes that its log is made of.
 *
 * Names of staging labels and the meaning of rotation rules are the endpoint's; the vault only keeps them.
 */

import * as z from 'zod';

const epochMs = z.number().min(0);
const base64 = z.base64();

const versionSchema = z.strictObject({
  id: z.string().min(1).max(64),
  createdMs: epochMs,
  /** Midnight of the last day on which it was read; null if never. */
  accessedDayMs: epochMs.nullable(),
  stages: z.array(z.string()),
});
export type SecretVersion = Readonly<z.infer<typeof versionSchema>>;

const rotationSchema = z.strictObject({
  enabled: z.boolean(),
  functionArn: z.string(),
  rules: z.strictObject({
    automaticallyAfterDays: z.int().optional(),
    scheduleExpression: z.string().optional(),
    duration: z.string().optional(),
  }),
  lastMs: epochMs.nullable(),
  /** When the next window opens; null without a schedule. */
  nextMs: epochMs.nullable(),
  /** The rotation under way: which version, how often it was tried, what went wrong last, when it is tried again. */
  pending: z
    .strictObject({
      versionId: z.string(),
      attempts: z.int().min(0),
      failure: z.string().nullable(),
      retryMs: epochMs.nullable(),
      /** Asked for by hand, so it is tried at any time; absent: its window opened. */
      isAsked: z.boolean().optional(),
    })
    .nullable(),
});
export type Rotation = Readonly<z.infer<typeof rotationSchema>>;

export const secretSchema = z.strictObject({
  name: z.string().min(1),
  arn: z.string().min(1),
  createdMs: epochMs,
  changedMs: epochMs,
  accessedDayMs: epochMs.nullable(),
  description: z.string().nullable(),
  kmsKeyId: z.string().nullable(),
  tags: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  policy: z.string().nullable(),
  /** When it may be removed for good; null while it is not to be deleted. */
  deletionMs: epochMs.nullable(),
  rotation: rotationSchema.nullable(),
  versions: z.array(versionSchema),
});
export type SecretRecord = Readonly<z.infer<typeof secretSchema>>;

/** A value at rest: its data key wrapped by a generation, and the value sealed by the data key. */
const sealedSchema = z.strictObject({
  kind: z.enum(['string', 'binary']),
  generation: z.int().min(1),
  key: base64,
  payload: base64,
});
export type SealedValue = Readonly<z.infer<typeof sealedSchema>>;

const generationSchema = z.strictObject({ id: z.int().min(1), createdMs: epochMs, wrapped: base64 });
export type Generation = Readonly<z.infer<typeof generationSchema>>;

const changeSchema = z.discriminatedUnion('type', [
  /** Replaces the secret of that name; values of versions that it no longer lists go. */
  z.strictObject({ type: z.literal('secret'), secret: secretSchema }),
  z.strictObject({ type: z.literal('value'), name: z.string(), versionId: z.string(), value: sealedSchema }),
  z.strictObject({ type: z.literal('removed'), name: z.string() }),
  z.strictObject({ type: z.literal('generation'), generation: generationSchema }),
  z.strictObject({ type: z.literal('generation-retired'), id: z.int() }),
]);
export type Change = Readonly<z.infer<typeof changeSchema>>;

export const FORMAT = 1;
export const bodySchema = z.strictObject({ format: z.literal(FORMAT), changes: z.array(changeSchema) });
