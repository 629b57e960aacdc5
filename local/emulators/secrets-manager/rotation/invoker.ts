/**
 * Runs a rotation function: whatever answers Lambda's Invoke at the given address.
 */

import * as z from 'zod';
import { type AccessKey, signRequest } from '../../../../shared/adapters/secrets/sign.ts';
import { isRotationFailure } from '../../../../shared/contracts/rotation.v1.ts';

/** The event that AWS sends to a rotation function. */
export interface RotationEvent {
  readonly Step: RotationStep;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly RotationToken: string;
}

export const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type RotationStep = (typeof ROTATION_STEPS)[number];

export interface RotationInvoker {
  /** Throws RotationStepError when the function fails or cannot be reached. */
  invoke(functionArn: string, event: RotationEvent, signal: AbortSignal): Promise<void>;
}

/** A step did not succeed. The message never repeats what the function said: it may have quoted a secret. */
export class RotationStepError extends Error {
  override readonly name = 'RotationStepError';
  readonly code: string;
  readonly retryable = true;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The longest that a function may run on Lambda. */
const TIMEOUT_MS = 15 * 60_000;
const FUNCTION_ARN = /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]+)(?::([^:]+))?$/;
const errorSchema = z.object({ errorType: z.string().max(128).optional(), errorMessage: z.string().optional() });

/** `endpoint` is the address of any Lambda-compatible service. */
export function lambdaInvoker(
  endpoint: string,
  access: { readonly key: AccessKey; readonly region: string },
): RotationInvoker {
  return {
    async invoke(functionArn, event, signal) {
      const url = invocationUrl(endpoint, functionArn);
      const body = Buffer.from(JSON.stringify(event), 'utf8');
      const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' };
      const signed = signRequest(
        { method: 'POST', url, headers, body },
        { ...access, service: 'lambda', nowMs: Date.now() },
      );
      const response = await send(url, signed, body, signal);
      await checkAnswer(response, event.Step);
    },
  };
}

function invocationUrl(endpoint: string, functionArn: string): URL {
  const [, name = functionArn, qualifier] = FUNCTION_ARN.exec(functionArn) ?? [];
  const base = endpoint.replace(/\/+$/, '');
  const url = new URL(`${base}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`);
  if (qualifier !== undefined) url.searchParams.set('Qualifier', qualifier);
  return url;
}

async function send(url: URL, headers: Record<string, string>, body: Buffer, signal: AbortSignal): Promise<Response> {
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    return await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), signal: either });
  } catch (cause) {
    throw new RotationStepError('FUNCTION_UNREACHABLE', `the rotation function at ${url.origin} did not answer`, cause);
  }
}

async function checkAnswer(response: Response, step: RotationStep): Promise<void> {
  const hasFailed = response.headers.get('x-amz-function-error') !== null;
  if (!response.ok || !hasFailed) await response.body?.cancel();
  if (!response.ok) {
    throw new RotationStepError('FUNCTION_REFUSED', `${step}: the rotation function answered with ${response.status}`);
  }
  if (!hasFailed) return;
  const { code, errorType } = failureIn(await response.text());
  throw new RotationStepError(code, `${step}: the rotation function failed with ${errorType}`);
}

/** Our own functions begin a message with their code. Only codes of the closed list are believed to be one. */
function failureIn(text: string): { code: string; errorType: string } {
  const unknown = { code: 'FUNCTION_FAILED', errorType: 'an error' };
  try {
    const { errorType = unknown.errorType, errorMessage = '' } = errorSchema.parse(JSON.parse(text));
    const code = errorMessage.split(':', 1)[0] ?? '';
    return isRotationFailure(code) ? { code, errorType: code } : { ...unknown, errorType };
  } catch {
    return unknown;
  }
}
