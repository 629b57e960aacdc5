/**
 * GetSecretValue: by version, by staging label, or the current one.
 */

import * as z from 'zod';
import { findSecret } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { readValue } from '../read-value.ts';
import { optional, secretId, versionId, versionStage } from '../shapes.ts';

export const getSecretValue = operation({
  audit: 'access',
  input: z.object({ SecretId: secretId, VersionId: optional(versionId), VersionStage: optional(versionStage) }),
  perform: (request, { vault, nowMs }) => {
    const secret = findSecret(vault, request.SecretId);
    return readValue(secret, { versionId: request.VersionId, stage: request.VersionStage }, vault, nowMs);
  },
});
