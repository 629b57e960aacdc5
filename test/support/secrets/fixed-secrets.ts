/**
 * Secrets that never change, from memory, and tokens of which exactly one is good.
 */

import type { CredentialSource } from '../../../shared/ports/credential-source.ts';
import { SecretAccessError, type Secrets } from '../../../shared/ports/secrets.ts';
import type { TokenCheck } from '../../../shared/ports/token-check.ts';

export function fixedSecrets(values: Readonly<Record<string, object>>): Secrets {
  const get: Secrets['get'] = async (name) => {
    const value = values[name];
    if (value !== undefined) return { name, versionId: 'the-only-one', text: JSON.stringify(value) };
    throw new SecretAccessError('there is none', { code: 'SECRET_NOT_FOUND', secretName: name, retryable: false });
  };
  return { get, refetch: get };
}

export function acceptsOnly(token: string): TokenCheck {
  return { accepts: async (given) => given === token };
}

export function fixedToken(token: string): CredentialSource<string> {
  return { current: async () => token, renewed: async () => null };
}
