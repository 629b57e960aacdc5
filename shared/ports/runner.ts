/**
 * The inference server as the signal handler sees it: a batch of policy inputs in, actions out.
 */

import type { ActRequest, ActResponse } from '../contracts/act.v1.ts';

export const RUNNER_ERROR_CODES = [
  'RUNNER_UNREACHABLE',
  'RUNNER_TIMEOUT',
  'RUNNER_BUSY',
  'RUNNER_DEADLINE',
  'RUNNER_FAILED',
  'TOKEN_REFUSED',
  'TOKEN_UNAVAILABLE',
  'RESPONSE_INVALID',
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'POLICY_UNKNOWN',
  'FEATURE_SCHEMA_MISMATCH',
] as const;
export type RunnerErrorCode = (typeof RUNNER_ERROR_CODES)[number];

/** The runner did not give actions. Retryable: the same request may succeed later. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError';
  readonly code: RunnerErrorCode;
  readonly retryable: boolean;

  constructor(code: RunnerErrorCode, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable;
  }
}

export interface Runner {
  /** One list of actions per input, one action per symbol. Throws RunnerError. */
  act(request: ActRequest): Promise<ActResponse>;
}
