/**
 * One step of a rotation: the function is invoked, and what came of it is recorded.
 */

import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { SecretAudit } from '../../../../shared/ports/secret-audit.ts';
import type { SecretRecord } from '../../../vault/store/records.ts';
import { type RotationInvoker, type RotationStep, RotationStepError } from './invoker.ts';

export interface StepParts {
  readonly audit: SecretAudit;
  readonly clock: Clock;
  readonly invoker: RotationInvoker;
  readonly signal: AbortSignal;
}

/** Throws what the invoker throws. */
export async function runStep(
  secret: SecretRecord,
  { step, versionId }: { readonly step: RotationStep; readonly versionId: string },
  { audit, clock, invoker, signal }: StepParts,
): Promise<void> {
  signal.throwIfAborted();
  const about = { kind: 'rotation', operation: step, actor: 'rotation', secret: secret.name, versionId } as const;
  const functionArn = secret.rotation?.functionArn ?? '';
  const event = { Step: step, SecretId: secret.arn, ClientRequestToken: versionId, RotationToken: randomUUID() };
  try {
    await invoker.invoke(functionArn, event, signal);
  } catch (error) {
    await audit.record({ ...about, atMs: clock.nowMs(), outcome: codeOf(error) });
    throw error;
  }
  await audit.record({ ...about, atMs: clock.nowMs(), outcome: 'ok' });
}

export function codeOf(error: unknown): string {
  return error instanceof RotationStepError ? error.code : 'FAILED';
}
