/**
 * UpdateSecret: description, key and value, each only where it is given.
 */

import * as z from 'zod';
import { findSecret } from '../find-secret.ts';
import { addVersion, isRepeated, requireToken, valueIn } from '../new-version.ts';
import { operation } from '../operation.ts';
import { afterManualChange } from '../rotation/begin.ts';
import { clientRequestToken, description, kmsKeyId, optional, secretId, valueMembers } from '../shapes.ts';
import { CURRENT } from '../stages.ts';
import { nameOf } from '../views.ts';

export const updateSecret = operation({
  audit: 'change',
  input: z.object({
    SecretId: secretId,
    ClientRequestToken: optional(clientRequestToken),
    Description: optional(description),
    KmsKeyId: optional(kmsKeyId),
    ...valueMembers,
  }),
  perform: (request, { vault, nowMs }) =>
    vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      const id = requireToken(request.ClientRequestToken);
      const value = valueIn(request);
      const changed = {
        ...secret,
        description: request.Description ?? secret.description,
        kmsKeyId: request.KmsKeyId ?? secret.kmsKeyId,
        changedMs: nowMs,
      };
      if (value === null || isRepeated(vault, secret, { versionId: id, value })) {
        transaction.put(changed);
        return value === null ? nameOf(secret) : { ...nameOf(secret), VersionId: id };
      }
      const base = afterManualChange(changed, nowMs);
      addVersion(transaction, base, { versionId: id, value, stages: [CURRENT] }, nowMs);
      return { ...nameOf(secret), VersionId: id };
    }),
});
