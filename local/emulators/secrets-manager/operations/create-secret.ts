/**
 * CreateSecret. Without a value the secret has no version; with a token seen before and the same value it changes
 * nothing.
 */

import * as z from 'zod';
import type { SecretRecord } from '../../../vault/store/records.ts';
import type { Transaction } from '../../../vault/store/vault.ts';
import { AwsError, invalidParameter, invalidRequest } from '../aws-error.ts';
import { checkName, newArn } from '../find-secret.ts';
import { addVersion, isRepeated, requireToken, valueIn } from '../new-version.ts';
import { type OperationContext, operation } from '../operation.ts';
import { clientRequestToken, description, kmsKeyId, optional, secretName, tags, valueMembers } from '../shapes.ts';
import { CURRENT } from '../stages.ts';
import { withTags } from '../tagging.ts';
import { nameOf } from '../views.ts';

const input = z.object({
  Name: secretName,
  ClientRequestToken: optional(clientRequestToken),
  Description: optional(description),
  KmsKeyId: optional(kmsKeyId),
  Tags: optional(tags),
  AddReplicaRegions: optional(z.array(z.unknown())),
  ...valueMembers,
});
type Input = z.infer<typeof input>;

export const createSecret = operation({
  audit: 'change',
  input,
  perform(request, context) {
    checkName(request.Name);
    if (request.AddReplicaRegions !== undefined)
      throw invalidParameter('This endpoint has one Region and no replicas.');
    return context.vault.transact((transaction) => create(request, transaction, context));
  },
});

function create(request: Input, transaction: Transaction, context: OperationContext) {
  const versionId = requireToken(request.ClientRequestToken);
  const value = valueIn(request);
  const existing = transaction.find(request.Name);
  if (existing !== null) {
    if (existing.deletionMs !== null) throw awaitingDeletion();
    if (value === null || !isRepeated(context.vault, existing, { versionId, value })) throw exists(request.Name);
    return { ...nameOf(existing), VersionId: versionId };
  }
  const secret = withTags(newSecret(request, context), request.Tags ?? []);
  if (value === null) {
    transaction.put(secret);
    return nameOf(secret);
  }
  addVersion(transaction, secret, { versionId, value, stages: [CURRENT] }, context.nowMs);
  return { ...nameOf(secret), VersionId: versionId };
}

function newSecret(request: Input, context: OperationContext): SecretRecord {
  return {
    name: request.Name,
    arn: newArn(request.Name, context),
    createdMs: context.nowMs,
    changedMs: context.nowMs,
    accessedDayMs: null,
    description: request.Description ?? null,
    kmsKeyId: request.KmsKeyId ?? null,
    tags: [],
    policy: null,
    deletionMs: null,
    rotation: null,
    versions: [],
  };
}

function exists(name: string): AwsError {
  return new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
}

function awaitingDeletion(): AwsError {
  return invalidRequest(
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
}
