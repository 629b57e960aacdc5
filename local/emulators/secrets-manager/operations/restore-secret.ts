/**
 * RestoreSecret: takes back a scheduled deletion.
 */

import * as z from 'zod';
import { findAnySecret } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { secretId } from '../shapes.ts';
import { nameOf } from '../views.ts';

export const restoreSecret = operation({
  audit: 'change',
  input: z.object({ SecretId: secretId }),
  perform: (request, { vault }) =>
    vault.transact((transaction) => {
      const secret = findAnySecret(vault, request.SecretId);
      if (secret.deletionMs !== null) transaction.put({ ...secret, deletionMs: null });
      return nameOf(secret);
    }),
});
