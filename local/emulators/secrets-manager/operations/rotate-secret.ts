/**
 * RotateSecret: stores how a secret is rotated and starts, or tries out, a rotation. It answers at once; the four
 * steps run behind it.
 */

import * as z from 'zod';
import type { Rotation, SecretRecord } from '../../../vault/store/records.ts';
import { AwsError, invalidRequest } from '../aws-error.ts';
import { findSecret } from '../find-secret.ts';
import { requireToken } from '../new-version.ts';
import { operation } from '../operation.ts';
import { begun, unfinishedVersion, withPendingVersion } from '../rotation/begin.ts';
import { checkRules, nextWindowMs } from '../rotation/schedule.ts';
import { clientRequestToken, optional, secretId } from '../shapes.ts';
import { CURRENT, holderOf } from '../stages.ts';
import { nameOf } from '../views.ts';

const rules = z.object({
  AutomaticallyAfterDays: optional(z.int().min(1).max(1_000)),
  Duration: optional(
    z
      .string()
      .min(2)
      .max(3)
      .regex(/^[0-9]+h$/),
  ),
  ScheduleExpression: optional(
    z
      .string()
      .min(1)
      .max(256)
      .regex(/^[0-9A-Za-z()#?*\-/, ]+$/),
  ),
});

const input = z.object({
  SecretId: secretId,
  ClientRequestToken: optional(clientRequestToken),
  RotationLambdaARN: optional(z.string().max(2_048)),
  RotationRules: optional(rules),
  RotateImmediately: optional(z.boolean()),
});
type Input = z.infer<typeof input>;

export const rotateSecret = operation({
  audit: 'change',
  input,
  async perform(request, { vault, rotations, nowMs }) {
    const versionId = requireToken(request.ClientRequestToken);
    const isImmediate = request.RotateImmediately ?? true;
    const { answer, isRepeat } = await vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      const rotation = configured(secret, request, nowMs);
      if (!rotations.canInvoke) throw noFunctions();
      checkNothingUnderWay(secret, versionId);
      const isDone = holderOf(secret.versions, CURRENT)?.id === versionId;
      const isStarting = isImmediate && !isDone;
      transaction.put(isStarting ? started({ ...secret, rotation }, versionId, nowMs) : { ...secret, rotation });
      return { answer: { ...nameOf(secret), VersionId: versionId }, isRepeat: isDone };
    });
    if (!isRepeat && isImmediate) rotations.start(answer.Name);
    if (!isRepeat && !isImmediate) rotations.tryOut(answer.Name, versionId);
    return answer;
  },
});

function configured(secret: SecretRecord, request: Input, nowMs: number): Rotation {
  const functionArn = request.RotationLambdaARN || secret.rotation?.functionArn;
  if (!functionArn) throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
  const asked = request.RotationRules;
  const wanted =
    asked === undefined
      ? (secret.rotation?.rules ?? {})
      : {
          ...(asked.AutomaticallyAfterDays === undefined
            ? {}
            : { automaticallyAfterDays: asked.AutomaticallyAfterDays }),
          ...(asked.ScheduleExpression === undefined ? {} : { scheduleExpression: asked.ScheduleExpression }),
          ...(asked.Duration === undefined ? {} : { duration: asked.Duration }),
        };
  checkRules(wanted);
  return {
    enabled: true,
    functionArn,
    rules: wanted,
    lastMs: secret.rotation?.lastMs ?? null,
    nextMs: nextWindowMs(wanted, nowMs),
    pending: null,
  };
}

/** The same token again is the same request: the rotation is taken up once more. */
function checkNothingUnderWay(secret: SecretRecord, versionId: string): void {
  const unfinished = unfinishedVersion(secret);
  if (unfinished === null || unfinished.id === versionId) return;
  throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
}

function started(
  secret: SecretRecord & { readonly rotation: Rotation },
  versionId: string,
  nowMs: number,
): SecretRecord {
  const rotation = begun(secret.rotation, { versionId, isAsked: true }, nowMs);
  return { ...withPendingVersion(secret, versionId, nowMs), rotation };
}

function noFunctions(): AwsError {
  return new AwsError(
    'AccessDeniedException',
    'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
  );
}
