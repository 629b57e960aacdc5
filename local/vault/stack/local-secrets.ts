/**
 * The Secrets port for the supervisor and the command line, without an SDK: over anything that answers as the endpoint
 * does. Nothing is cached, since both read once and go on.
 *
 * Throws SecretAccessError.
 */

import * as z from 'zod';
import { toSecretError } from '../../../shared/adapters/secrets/secret-error.ts';
import { CURRENT, type ReadableStage, type Secrets, type SecretValue } from '../../../shared/ports/secrets.ts';

/** Performs an operation and answers as the endpoint does. Throws AwsError. */
export type Perform = (target: string, input: object) => Promise<unknown>;

const valueSchema = z.object({ VersionId: z.string(), SecretString: z.string() });

export function localSecrets(perform: Perform): Secrets {
  async function read(name: string, stage: ReadableStage): Promise<SecretValue> {
    try {
      const input = { SecretId: name, VersionStage: stage };
      const { VersionId, SecretString } = valueSchema.parse(await perform('secretsmanager.GetSecretValue', input));
      return { name, versionId: VersionId, text: SecretString };
    } catch (error) {
      throw toSecretError(asServiceError(error), name);
    }
  }
  return {
    get: (name, { stage = CURRENT } = {}) => read(name, stage),
    refetch: (name) => read(name, CURRENT),
  };
}

/** As the SDK throws it: the code is the name, and a refusal below 500 is the caller's fault. */
export function asServiceError(error: unknown): unknown {
  const { code, status } = (error ?? {}) as { readonly code?: unknown; readonly status?: unknown };
  if (typeof code !== 'string' || typeof status !== 'number') return error;
  return Object.assign(new Error(code), { name: code, $fault: status < 500 ? 'client' : 'server' });
}
