/**
 * One value of a secret in the clear, as GetSecretValue and BatchGetSecretValue answer it.
 */

import type { SecretRecord, SecretVersion } from '../../vault/store/records.ts';
import type { Vault } from '../../vault/store/vault.ts';
import { invalidRequest, valueNotFound } from './aws-error.ts';
import { CURRENT, holderOf } from './stages.ts';
import { dayOf, nameOf, seconds } from './views.ts';

export interface Wanted {
  readonly versionId: string | undefined;
  readonly stage: string | undefined;
}

/** Notes the day of the read. Throws AwsError. */
export function readValue(secret: SecretRecord, wanted: Wanted, vault: Vault, nowMs: number) {
  const version = choose(secret, wanted);
  const value = version === null ? null : vault.read(secret.name, version.id);
  if (version === null || value === null) throw notFound(wanted);
  vault.touch(secret.name, version.id, dayOf(nowMs));
  const text = value.bytes.toString(value.kind === 'string' ? 'utf8' : 'base64');
  value.bytes.fill(0);
  return {
    ...nameOf(secret),
    VersionId: version.id,
    ...(value.kind === 'string' ? { SecretString: text } : { SecretBinary: text }),
    ...(version.stages.length === 0 ? {} : { VersionStages: version.stages }),
    CreatedDate: seconds(version.createdMs),
  };
}

function choose({ versions }: SecretRecord, { versionId, stage }: Wanted): SecretVersion | null {
  if (versionId === undefined) return holderOf(versions, stage ?? CURRENT);
  const version = versions.find(({ id }) => id === versionId) ?? null;
  if (version === null || stage === undefined || version.stages.includes(stage)) return version;
  throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
}

function notFound({ versionId, stage }: Wanted): Error {
  return versionId === undefined
    ? valueNotFound('staging label', stage ?? CURRENT)
    : valueNotFound('VersionId', versionId);
}
