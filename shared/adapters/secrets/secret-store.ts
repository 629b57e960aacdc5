/**
 * The SecretStore port over any endpoint that speaks Secrets Manager. Nothing is cached: rotation decides on what is.
 */

import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SecretStore } from '../../ports/secret-store.ts';
import { SecretAccessError } from '../../ports/secrets.ts';
import { toSecretError } from './secret-error.ts';

/** A random password belongs to no secret yet. */
const NO_SECRET = '(random password)';

export function createSecretStore(client: SecretsManagerClient): SecretStore {
  return {
    describe: (SecretId) =>
      named(SecretId, async () => {
        const answer = await client.send(new DescribeSecretCommand({ SecretId }));
        return {
          name: answer.Name ?? SecretId,
          isRotationEnabled: answer.RotationEnabled ?? false,
          rotatedMs: answer.LastRotatedDate?.getTime() ?? null,
          stages: answer.VersionIdsToStages ?? {},
        };
      }),
    read: (SecretId, { stage, versionId }) =>
      named(SecretId, async () => {
        const version = versionId === undefined ? {} : { VersionId: versionId };
        const command = new GetSecretValueCommand({ SecretId, VersionStage: stage, ...version });
        return (await client.send(command)).SecretString ?? null;
      }).catch(nullWhenMissing),
    put: (SecretId, { versionId, text, stage }) =>
      named(SecretId, async () => {
        const value = { ClientRequestToken: versionId, SecretString: text, VersionStages: [stage] };
        await client.send(new PutSecretValueCommand({ SecretId, ...value }));
      }),
    moveStage: (SecretId, { stage, fromVersionId, toVersionId }) =>
      named(SecretId, async () => {
        const move = { VersionStage: stage, RemoveFromVersionId: fromVersionId, MoveToVersionId: toVersionId };
        await client.send(new UpdateSecretVersionStageCommand({ SecretId, ...move }));
      }),
    randomPassword: (length) =>
      named(NO_SECRET, async () => {
        const command = new GetRandomPasswordCommand({ PasswordLength: length, ExcludePunctuation: true });
        const { RandomPassword: password } = await client.send(command);
        if (password?.length === length) return password;
        throw new SecretAccessError('the secrets service made none', {
          code: 'REQUEST_REFUSED',
          secretName: NO_SECRET,
          retryable: true,
        });
      }),
  };
}

async function named<Result>(secretName: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw toSecretError(error, secretName);
  }
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof SecretAccessError && error.code === 'SECRET_NOT_FOUND') return null;
  throw error;
}
