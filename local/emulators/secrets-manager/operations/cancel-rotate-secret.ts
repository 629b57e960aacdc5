/**
 * CancelRotateSecret: turns automatic rotation off and stops one that runs between two steps; labels stay where they
 * are.
 */

import * as z from 'zod';
import { invalidRequest } from '../aws-error.ts';
import { findSecret } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { secretId } from '../shapes.ts';
import { nameOf } from '../views.ts';

export const cancelRotateSecret = operation({
  audit: 'change',
  input: z.object({ SecretId: secretId }),
  perform: (request, { vault, rotations }) =>
    vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      const { rotation } = secret;
      if (rotation === null) {
        throw invalidRequest(
          "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured and you didn't include such an ARN as a parameter in this call.",
        );
      }
      rotations.cancel(secret.name);
      transaction.put({ ...secret, rotation: { ...rotation, enabled: false, nextMs: null, pending: null } });
      const versionId = rotation.pending?.versionId;
      return { ...nameOf(secret), ...(versionId === undefined ? {} : { VersionId: versionId }) };
    }),
});
