/**
 * UpdateSecretVersionStage: moves a staging label between versions. Where it is now has to be said, and AWSCURRENT
 * can be moved but not removed.
 */

import * as z from 'zod';
import type { SecretRecord, SecretVersion } from '../../../vault/store/records.ts';
import { type AwsError, invalidParameter, valueNotFound } from '../aws-error.ts';
import { findSecret } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { optional, secretId, versionId, versionStage } from '../shapes.ts';
import { attach, CURRENT, detach, holderOf } from '../stages.ts';
import { nameOf } from '../views.ts';

const input = z.object({
  SecretId: secretId,
  VersionStage: versionStage,
  RemoveFromVersionId: optional(versionId),
  MoveToVersionId: optional(versionId),
});
type Input = z.infer<typeof input>;

export const updateSecretVersionStage = operation({
  audit: 'change',
  input,
  perform: (request, { vault, nowMs }) =>
    vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      const versions = moved(secret, request);
      transaction.put({ ...secret, versions, changedMs: nowMs });
      return nameOf(secret);
    }),
});

function moved(secret: SecretRecord, request: Input): SecretVersion[] {
  const { VersionStage: stage, RemoveFromVersionId: from, MoveToVersionId: to } = request;
  for (const id of [from, to]) if (id !== undefined) checkVersion(secret, id);
  const holder = holderOf(secret.versions, stage);
  if (to === undefined) return removed(secret, stage, { from, holder });
  if (holder !== null && holder.id !== to) checkSource(stage, from, holder);
  if (holder === null && from !== undefined) throw notThere(stage, from);
  return attach(secret.versions, to, [stage]);
}

function removed(
  secret: SecretRecord,
  stage: string,
  { from, holder }: { readonly from: string | undefined; readonly holder: SecretVersion | null },
): SecretVersion[] {
  if (from === undefined) {
    throw invalidParameter('You must provide either MoveToVersionId or RemoveFromVersionId.');
  }
  if (stage === CURRENT) {
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  }
  if (holder?.id !== from) throw notThere(stage, from);
  return detach(secret.versions, from, stage);
}

function checkSource(stage: string, from: string | undefined, holder: SecretVersion): void {
  if (from === undefined) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (from !== holder.id) {
    throw invalidParameter(
      `When you move staging label ${stage}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${stage}.`,
    );
  }
}

function checkVersion(secret: SecretRecord, id: string): void {
  if (!secret.versions.some((version) => version.id === id)) throw valueNotFound('VersionId', id);
}

function notThere(stage: string, id: string): AwsError {
  return invalidParameter(`Version ${id} does not have the staging label ${stage}.`);
}
