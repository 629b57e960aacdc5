/**
 * A new generation of the vault's key-encryption key. The secret's value names the generation and holds no key.
 *
 * The vault seals new values under the newest generation from the moment there is one, so rewrapping the others
 * comes to an end while values are written; and it goes on after any crash with those that are left. The old
 * generation goes when no version needs it. Where AWS keeps the secrets, KMS keeps their keys, and this is refused.
 */

import type { KeyGenerations } from '../../../shared/ports/key-generations.ts';
import { RotationError } from '../rotation-error.ts';
import { ofKind, type RotationStrategy } from './strategy.ts';

const KIND = 'encryption_keys';
/** One batch is one change of the vault: a few milliseconds in which nobody else writes. */
const BATCH = 200;
const BATCHES_MAX = 10_000;

export function encryptionKeys({ keys }: { readonly keys: KeyGenerations }): RotationStrategy {
  return {
    async next(value, secret) {
      const current = ofKind(KIND, value, secret);
      return { ...current, generation: await keys.next(current.generation) };
    },
    async set(pair, secret) {
      ofKind(KIND, pair.current, secret);
      const { generation } = ofKind(KIND, pair.pending, secret);
      let left = 1;
      for (let batch = 0; left > 0 && batch < BATCHES_MAX; batch += 1) left = await keys.rewrap(generation, BATCH);
    },
    async test(value, secret) {
      const { generation } = ofKind(KIND, value, secret);
      const { versions, elsewhere } = await keys.check(generation);
      if (elsewhere === 0) return;
      throw new RotationError(`${elsewhere} of ${versions} versions need another generation: run setSecret again`, {
        code: 'TEST_FAILED',
        secretName: secret.name,
        retryable: true,
      });
    },
    async giveUpPrevious() {
      await keys.retire();
    },
  };
}
