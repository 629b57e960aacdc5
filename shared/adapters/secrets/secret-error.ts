/**
 * What the SDK threw, as the one error of the port. Only its name and code are kept: nothing that a server said.
 */

import { SecretAccessError, type SecretErrorCode } from '../../ports/secrets.ts';

const NOT_FOUND = 'ResourceNotFoundException';
const DENIED = new Set([
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'ExpiredTokenException',
  'CredentialsProviderError',
  'DecryptionFailure',
]);
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded']);

export function toSecretError(error: unknown, secretName: string): SecretAccessError {
  if (error instanceof SecretAccessError) return error;
  const name = nameOf(error);
  const code = codeOf(error, name);
  const retryable = code === 'SECRETS_UNREACHABLE';
  return new SecretAccessError(`${SAID[code]} (${name})`, { code, secretName, retryable, cause: new Error(name) });
}

const SAID: Readonly<Record<SecretErrorCode, string>> = {
  SECRET_NOT_FOUND: 'there is none, or no such version: create it, or check its name',
  ACCESS_DENIED: 'access refused: check the access key and its rights',
  SECRETS_UNREACHABLE: 'the secrets service does not answer: try again',
  REQUEST_REFUSED: 'the secrets service refused the request',
  VALUE_INVALID: 'the value is not text: put it as SecretString',
};

function codeOf(error: unknown, name: string): SecretErrorCode {
  if (name === NOT_FOUND) return 'SECRET_NOT_FOUND';
  if (DENIED.has(name)) return 'ACCESS_DENIED';
  const { $fault: fault } = (error ?? {}) as { readonly $fault?: unknown };
  return fault === 'client' && !THROTTLED.has(name) ? 'REQUEST_REFUSED' : 'SECRETS_UNREACHABLE';
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
