/**
 * Reading secrets, as everything that logs in somewhere does.
 */

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';
export const PENDING = 'AWSPENDING';

export type ReadableStage = typeof CURRENT | typeof PREVIOUS;

export interface SecretValue {
  readonly name: string;
  readonly versionId: string;
  readonly text: string;
}

export interface Secrets {
  /** The current value unless another stage is asked for; may be as old as the cache allows. Throws SecretAccessError. */
  get(name: string, options?: { readonly stage?: ReadableStage }): Promise<SecretValue>;
  /** The current value, asked for now: for a caller whose cached value was refused. Throws SecretAccessError. */
  refetch(name: string): Promise<SecretValue>;
}

const SECRET_ERROR_CODES = [
  'SECRET_NOT_FOUND',
  'ACCESS_DENIED',
  'SECRETS_UNREACHABLE',
  'REQUEST_REFUSED',
  'VALUE_INVALID',
] as const;
export type SecretErrorCode = (typeof SECRET_ERROR_CODES)[number];

/** A secret could not be read or changed. Never holds a value, and neither does its cause. */
export class SecretAccessError extends Error {
  override readonly name = 'SecretAccessError';
  readonly code: SecretErrorCode;
  readonly secretName: string;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;

  constructor(
    message: string,
    details: {
      readonly code: SecretErrorCode;
      readonly secretName: string;
      readonly retryable: boolean;
      cause?: unknown;
    },
  ) {
    super(`secret ${details.secretName}: ${message}`, { cause: details.cause });
    this.code = details.code;
    this.secretName = details.secretName;
    this.retryable = details.retryable;
  }
}
