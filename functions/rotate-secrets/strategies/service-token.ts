/**
 * Tokens of our own HTTP services overlap: a service accepts AWSCURRENT and AWSPREVIOUS, so whoever still holds the
 * previous token is served until its cache has run out.
 *
 * There is nothing to set: the service reads the same secret. A rotation too soon after the last one would drop a
 * token that is still in use, so it waits for the window to close.
 */

import type { Clock } from '../../../shared/ports/clock.ts';
import type { SecretStore } from '../../../shared/ports/secret-store.ts';
import { RotationError } from '../rotation-error.ts';
import { ofKind, type RotationStrategy } from './strategy.ts';

const KIND = 'service_token';
const TOKEN_LENGTH = 43;

export function serviceToken(deps: {
  readonly store: Pick<SecretStore, 'randomPassword'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Longer than a value may stay in a cache. */
  readonly tokenOverlapMs: number;
}): RotationStrategy {
  return {
    async next(value, secret) {
      const current = ofKind(KIND, value, secret);
      const openForMs = (secret.rotatedMs ?? -Infinity) + deps.tokenOverlapMs - deps.clock.nowMs();
      if (openForMs > 0) {
        throw new RotationError(
          `the previous token is accepted for another ${Math.ceil(openForMs / 1_000)} s: rotate after that`,
          {
            code: 'OVERLAP_OPEN',
            secretName: secret.name,
            retryable: true,
          },
        );
      }
      return { ...current, token: await deps.store.randomPassword(TOKEN_LENGTH) };
    },
    async set({ current, pending }, secret) {
      ofKind(KIND, current, secret);
      ofKind(KIND, pending, secret);
    },
    async test(pending, secret) {
      ofKind(KIND, pending, secret);
    },
  };
}
