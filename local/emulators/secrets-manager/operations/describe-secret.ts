/**
 * DescribeSecret: everything but the value, secrets awaiting deletion included.
 */

import * as z from 'zod';
import { findAnySecret } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { secretId } from '../shapes.ts';
import { describe, present, stagesOrNull } from '../views.ts';

export const describeSecret = operation({
  audit: 'none',
  input: z.object({ SecretId: secretId }),
  perform: (request, { vault }) => {
    const secret = findAnySecret(vault, request.SecretId);
    return { ...describe(secret), ...present({ VersionIdsToStages: stagesOrNull(secret) }) };
  },
});
