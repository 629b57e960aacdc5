/**
 * The SecretStore port inside the process that has the vault: the same operations as over HTTP, without the way there.
 *
 * Throws SecretAccessError.
 */

import * as z from 'zod';
import { toSecretError } from '../../../shared/adapters/secrets/secret-error.ts';
import type { SecretStore } from '../../../shared/ports/secret-store.ts';
import { SecretAccessError } from '../../../shared/ports/secrets.ts';
import { asServiceError, type Perform } from '../stack/local-secrets.ts';

const MS_PER_S = 1_000;
/** A random password belongs to no secret yet. */
const NO_SECRET = '(random password)';

const descriptionSchema = z.object({
  Name: z.string(),
  RotationEnabled: z.boolean().default(false),
  LastRotatedDate: z.number().optional(),
  VersionIdsToStages: z.record(z.string(), z.array(z.string())).default({}),
});
const valueSchema = z.object({ SecretString: z.string().optional() });
const passwordSchema = z.object({ RandomPassword: z.string() });

export function localStore(perform: Perform): SecretStore {
  const ask = async <Answer>(
    operation: string,
    { input, secret, schema }: { readonly input: object; readonly secret: string; readonly schema: z.ZodType<Answer> },
  ): Promise<Answer> => {
    try {
      return schema.parse(await perform(`secretsmanager.${operation}`, input));
    } catch (error) {
      throw toSecretError(asServiceError(error), secret);
    }
  };
  return {
    async describe(SecretId) {
      const asked = { input: { SecretId }, secret: SecretId, schema: descriptionSchema };
      const { Name, RotationEnabled, LastRotatedDate, VersionIdsToStages } = await ask('DescribeSecret', asked);
      const rotatedMs = LastRotatedDate === undefined ? null : LastRotatedDate * MS_PER_S;
      return { name: Name, isRotationEnabled: RotationEnabled, rotatedMs, stages: VersionIdsToStages };
    },
    async read(SecretId, { stage, versionId }) {
      const input = { SecretId, VersionStage: stage, VersionId: versionId };
      try {
        return (await ask('GetSecretValue', { input, secret: SecretId, schema: valueSchema })).SecretString ?? null;
      } catch (error) {
        if (error instanceof SecretAccessError && error.code === 'SECRET_NOT_FOUND') return null;
        throw error;
      }
    },
    async put(SecretId, { versionId, text, stage }) {
      const input = { SecretId, ClientRequestToken: versionId, SecretString: text, VersionStages: [stage] };
      await ask('PutSecretValue', { input, secret: SecretId, schema: z.unknown() });
    },
    async moveStage(SecretId, { stage, fromVersionId, toVersionId }) {
      const move = { VersionStage: stage, RemoveFromVersionId: fromVersionId, MoveToVersionId: toVersionId };
      await ask('UpdateSecretVersionStage', { input: { SecretId, ...move }, secret: SecretId, schema: z.unknown() });
    },
    async randomPassword(length) {
      const input = { PasswordLength: length, ExcludePunctuation: true };
      return (await ask('GetRandomPassword', { input, secret: NO_SECRET, schema: passwordSchema })).RandomPassword;
    },
  };
}
