/**
 * The members that operations share, with the limits of the Secrets Manager API (version 2017-10-17).
 */

import * as z from 'zod';

/** Bytes of a value, as UTF-8 or as it is. */
const VALUE_BYTES_MAX = 65_536;
const TAGS_MAX = 50;

export const secretId = z.string().min(1).max(2_048);
export const secretName = z.string().min(1).max(512);
export const versionId = z.string().min(32).max(64);
export const versionStage = z.string().min(1).max(256);
export const clientRequestToken = z.string().min(32).max(64);
export const description = z.string().max(2_048);
export const kmsKeyId = z.string().max(2_048);
export const nextToken = z.string().min(1).max(4_096);
export const maxResults = z.int().min(1).max(100);
export const policyName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9A-Za-z\-_]+$/);
export const resourcePolicy = z.string().min(1).max(20_480);
const tagKey = z.string().min(1).max(128);
export const tags = z.array(z.object({ Key: tagKey, Value: z.string().max(256) })).max(TAGS_MAX);
export const tagKeys = z.array(tagKey).max(TAGS_MAX);

/** A member that may be left out; null says the same. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Measured in bytes, and reported as AWS reports lengths. */
const secretString = z.string().superRefine((text, context) => {
  checkBytes(Buffer.byteLength(text, 'utf8'), context);
});
const secretBinary = z.base64().superRefine((text, context) => {
  checkBytes(Buffer.byteLength(text, 'base64'), context);
});

function checkBytes(bytes: number, context: z.RefinementCtx): void {
  const message =
    bytes < 1 ? 'have length greater than or equal to 1' : `have length less than or equal to ${VALUE_BYTES_MAX}`;
  if (bytes < 1 || bytes > VALUE_BYTES_MAX) context.addIssue({ code: 'custom', message });
}

export const valueMembers = { SecretString: optional(secretString), SecretBinary: optional(secretBinary) };

export const filters = z
  .array(
    z.object({
      Key: z.enum(['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all']),
      Values: z
        .array(
          z
            .string()
            .max(512)
            .regex(/^!?[a-zA-Z0-9 :_@/+=.\-!]*$/),
        )
        .min(1)
        .max(10),
    }),
  )
  .max(10);
export type Filter = Readonly<z.infer<typeof filters>[number]>;
