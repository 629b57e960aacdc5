/**
 * The KeyGenerations port inside the process that has the vault.
 *
 * Throws SecretAccessError.
 */

import * as z from 'zod';
import { toSecretError } from '../../../shared/adapters/secrets/secret-error.ts';
import type { KeyGenerations } from '../../../shared/ports/key-generations.ts';
import { asServiceError, type Perform } from '../stack/local-secrets.ts';

const ALL_SECRETS = '(keys of the vault)';
const next = z.object({ Generation: z.int() });
const rewrapped = z.object({ Left: z.int() });
const checked = z.object({ Versions: z.int(), Elsewhere: z.int() });
const retired = z.object({ Retired: z.array(z.int()) });

export function localKeys(perform: Perform): KeyGenerations {
  const ask = async <Answer>(operation: string, input: object, schema: z.ZodType<Answer>): Promise<Answer> => {
    try {
      return schema.parse(await perform(`jules.${operation}`, input));
    } catch (error) {
      throw toSecretError(asServiceError(error), ALL_SECRETS);
    }
  };
  return {
    next: async (After) => (await ask('NextGeneration', { After }, next)).Generation,
    rewrap: async (Generation, Limit) => (await ask('RewrapValues', { Generation, Limit }, rewrapped)).Left,
    async check(Generation) {
      const { Versions, Elsewhere } = await ask('CheckGeneration', { Generation }, checked);
      return { versions: Versions, elsewhere: Elsewhere };
    },
    retire: async () => (await ask('RetireGenerations', {}, retired)).Retired,
  };
}
