/**
 * PutSecretValue: a new version, current unless other labels are named.
 */

import * as z from 'zod';
import { invalidRequest } from '../aws-error.ts';
import { findSecret } from '../find-secret.ts';
import { addVersion, isRepeated, requireToken, valueIn } from '../new-version.ts';
import { operation } from '../operation.ts';
import { afterManualChange } from '../rotation/begin.ts';
import { clientRequestToken, optional, secretId, valueMembers, versionStage } from '../shapes.ts';
import { CURRENT } from '../stages.ts';
import { nameOf } from '../views.ts';
import type { SecretRecord } from '../../../vault/store/records.ts';

export const putSecretValue = operation({
  audit: 'change',
  input: z.object({
    SecretId: secretId,
    ClientRequestToken: optional(clientRequestToken),
    VersionStages: optional(z.array(versionStage).min(1).max(20)),
    RotationToken: optional(z.string().min(36).max(256)),
    ...valueMembers,
  }),
  perform: (request, { vault, nowMs }) =>
    vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      const id = requireToken(request.ClientRequestToken);
      const value = valueIn(request);
      if (value === null) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      if (isRepeated(vault, secret, { versionId: id, value })) return answer(secret, id);
      const stages = request.VersionStages ?? [CURRENT];
      const base = stages.includes(CURRENT) ? afterManualChange(secret, nowMs) : secret;
      return answer(addVersion(transaction, base, { versionId: id, value, stages }, nowMs), id);
    }),
});

function answer(secret: SecretRecord, id: string) {
  const stages = secret.versions.find((version) => version.id === id)?.stages ?? [];
  return { ...nameOf(secret), VersionId: id, VersionStages: stages };
}
