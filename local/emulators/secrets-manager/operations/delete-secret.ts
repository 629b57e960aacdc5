/**
 * DeleteSecret: after a recovery window of 7 to 30 days, or at once when forced.
 */

import * as z from 'zod';
import { AwsError, invalidParameter } from '../aws-error.ts';
import { findAnySecret, findSecret, nameIn } from '../find-secret.ts';
import { type OperationContext, operation } from '../operation.ts';
import { optional, secretId } from '../shapes.ts';
import { nameOf, seconds } from '../views.ts';

const DAY_MS = 86_400_000;
const WINDOW_DAYS_MIN = 7;
const WINDOW_DAYS_MAX = 30;

const input = z.object({
  SecretId: secretId,
  RecoveryWindowInDays: optional(z.int()),
  ForceDeleteWithoutRecovery: optional(z.boolean()),
});
type Input = z.infer<typeof input>;

export const deleteSecret = operation({
  audit: 'change',
  input,
  perform(request, context) {
    checkWindow(request);
    return request.ForceDeleteWithoutRecovery === true ? deleteNow(request, context) : schedule(request, context);
  },
});

function checkWindow({ RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced }: Input): void {
  if (days === undefined) return;
  if (isForced === true) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days < WINDOW_DAYS_MIN || days > WINDOW_DAYS_MAX) {
    throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  }
}

function schedule(request: Input, { vault, rotations, nowMs }: OperationContext): Promise<object> {
  const days = request.RecoveryWindowInDays ?? WINDOW_DAYS_MAX;
  return vault.transact((transaction) => {
    const secret = findSecret(vault, request.SecretId);
    const deletionMs = nowMs + days * DAY_MS;
    transaction.put({ ...secret, deletionMs });
    rotations.cancel(secret.name);
    return { ...nameOf(secret), DeletionDate: seconds(deletionMs) };
  });
}

/** Forcing the deletion of what is not there is no error. */
function deleteNow(request: Input, { vault, rotations, nowMs, region, accountId }: OperationContext): Promise<object> {
  return vault.transact((transaction) => {
    const secret = orNull(() => findAnySecret(vault, request.SecretId));
    const DeletionDate = seconds(nowMs);
    if (secret === null) {
      const name = nameIn(request.SecretId);
      return { ARN: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}`, Name: name, DeletionDate };
    }
    transaction.remove(secret.name);
    rotations.cancel(secret.name);
    return { ...nameOf(secret), DeletionDate };
  });
}

function orNull<Result>(find: () => Result): Result | null {
  try {
    return find();
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return null;
    throw error;
  }
}
