/**
 * Which operation answers which `X-Amz-Target`: those of Secrets Manager, and our own for the
 * command line and for the rotation of the vault's keys.
 */

import type { Operation } from './operation.ts';
import { backup, history, reveal, status } from './operations/administration.ts';
import { batchGetSecretValue } from './operations/batch-get-secret-value.ts';
import { cancelRotateSecret } from './operations/cancel-rotate-secret.ts';
import { createSecret } from './operations/create-secret.ts';
import { deleteSecret } from './operations/delete-secret.ts';
import { describeSecret } from './operations/describe-secret.ts';
import { checkGeneration, nextGeneration, retireGenerations, rewrapValues } from './operations/generations.ts';
import { getRandomPassword } from './operations/get-random-password.ts';
import { getSecretValue } from './operations/get-secret-value.ts';
import { listSecretVersionIds } from './operations/list-secret-version-ids.ts';
import { listSecrets } from './operations/list-secrets.ts';
import { putSecretValue } from './operations/put-secret-value.ts';
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  validateResourcePolicy,
} from './operations/resource-policy.ts';
import { restoreSecret } from './operations/restore-secret.ts';
import { rotateSecret } from './operations/rotate-secret.ts';
import { tagResource, untagResource } from './operations/tag-resource.ts';
import { updateSecret } from './operations/update-secret.ts';
import { updateSecretVersionStage } from './operations/update-secret-version-stage.ts';

export const TARGETS: ReadonlyMap<string, Operation> = new Map([
  ['secretsmanager.BatchGetSecretValue', batchGetSecretValue],
  ['secretsmanager.CancelRotateSecret', cancelRotateSecret],
  ['secretsmanager.CreateSecret', createSecret],
  ['secretsmanager.DeleteResourcePolicy', deleteResourcePolicy],
  ['secretsmanager.DeleteSecret', deleteSecret],
  ['secretsmanager.DescribeSecret', describeSecret],
  ['secretsmanager.GetRandomPassword', getRandomPassword],
  ['secretsmanager.GetResourcePolicy', getResourcePolicy],
  ['secretsmanager.GetSecretValue', getSecretValue],
  ['secretsmanager.ListSecretVersionIds', listSecretVersionIds],
  ['secretsmanager.ListSecrets', listSecrets],
  ['secretsmanager.PutResourcePolicy', putResourcePolicy],
  ['secretsmanager.PutSecretValue', putSecretValue],
  ['secretsmanager.RestoreSecret', restoreSecret],
  ['secretsmanager.RotateSecret', rotateSecret],
  ['secretsmanager.TagResource', tagResource],
  ['secretsmanager.UntagResource', untagResource],
  ['secretsmanager.UpdateSecret', updateSecret],
  ['secretsmanager.UpdateSecretVersionStage', updateSecretVersionStage],
  ['secretsmanager.ValidateResourcePolicy', validateResourcePolicy],
  ['jules.Backup', backup],
  ['jules.CheckGeneration', checkGeneration],
  ['jules.History', history],
  ['jules.NextGeneration', nextGeneration],
  ['jules.RetireGenerations', retireGenerations],
  ['jules.Reveal', reveal],
  ['jules.RewrapValues', rewrapValues],
  ['jules.Status', status],
]);
