/**
 * PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy and ValidateResourcePolicy. Policies are kept and checked,
 * and decide nothing: every caller with a key of this endpoint is the account's owner.
 */

import * as z from 'zod';
import { AwsError, invalidParameter } from '../aws-error.ts';
import { findSecret } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { faultsOf, isPublic, parsePolicy } from '../policy.ts';
import { optional, policyName, resourcePolicy, secretId } from '../shapes.ts';
import { nameOf } from '../views.ts';

const DEFAULT_NAME = 'default';

export const putResourcePolicy = operation({
  audit: 'change',
  input: z.object({
    SecretId: secretId,
    ResourcePolicy: resourcePolicy,
    PolicyName: optional(policyName),
    BlockPublicPolicy: optional(z.boolean()),
  }),
  perform: (request, { vault, nowMs }) =>
    vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      requireDefault(request.PolicyName);
      const policy = parsePolicy(request.ResourcePolicy);
      if (request.BlockPublicPolicy === true && isPublic(policy)) throw tooPublic();
      transaction.put({ ...secret, policy: request.ResourcePolicy, changedMs: nowMs });
      return { ...nameOf(secret), PolicyName: DEFAULT_NAME };
    }),
});

export const getResourcePolicy = operation({
  audit: 'none',
  input: z.object({ SecretId: secretId, PolicyName: optional(policyName) }),
  perform: (request, { vault }) => {
    const secret = findSecret(vault, request.SecretId);
    if ((request.PolicyName ?? DEFAULT_NAME) !== DEFAULT_NAME) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified resource policy.");
    }
    return { ...nameOf(secret), ...(secret.policy === null ? {} : { ResourcePolicy: secret.policy }) };
  },
});

export const deleteResourcePolicy = operation({
  audit: 'change',
  input: z.object({ SecretId: secretId, PolicyName: optional(policyName) }),
  perform: (request, { vault, nowMs }) =>
    vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      requireDefault(request.PolicyName);
      if (secret.policy !== null) transaction.put({ ...secret, policy: null, changedMs: nowMs });
      return nameOf(secret);
    }),
});

export const validateResourcePolicy = operation({
  audit: 'none',
  input: z.object({ SecretId: optional(secretId), ResourcePolicy: resourcePolicy }),
  perform: (request, { vault }) => {
    if (request.SecretId !== undefined) findSecret(vault, request.SecretId);
    const faults = faultsOf(request.ResourcePolicy);
    return { PolicyValidationPassed: faults.length === 0, ValidationErrors: faults };
  },
});

function requireDefault(name: string | undefined): void {
  if ((name ?? DEFAULT_NAME) !== DEFAULT_NAME) throw invalidParameter('You can only change the default policy.');
}

function tooPublic(): AwsError {
  return new AwsError(
    'PublicPolicyException',
    'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
  );
}
