/**
 * Which tokens a service takes while its secret rotates, and how often it asks for the secret because somebody guesses.
 */

import { describe, expect, it } from 'vitest';
import { PREVIOUS, SecretAccessError, type Secrets } from '../../../../shared/ports/secrets.ts';
import { createTokenCheck } from '../../../../shared/runtime/token-check.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const [FIRST, SECOND, THIRD] = ['1', '2', '3'].map((digit) => digit.repeat(43)) as [string, string, string];

/** As the cached client has it: what was read stays until it is asked for again. */
function cachedSecrets(...tokens: string[]) {
  const rotated = [...tokens];
  let cached = [...rotated];
  const asked = { refetches: 0, previous: 0 };
  const secrets: Secrets = {
    async get(name, { stage } = {}) {
      if (stage === PREVIOUS) asked.previous += 1;
      const token = cached.at(stage === PREVIOUS ? -2 : -1);
      const details = { code: 'SECRET_NOT_FOUND', secretName: name, retryable: false } as const;
      if (token === undefined) throw new SecretAccessError('no such version', details);
      return { name, versionId: token, text: JSON.stringify({ kind: 'service_token', token }) };
    },
    refetch(name) {
      asked.refetches += 1;
      cached = [...rotated];
      return secrets.get(name);
    },
  };
  const clock = stepClock();
  return {
    asked,
    clock,
    rotate: (token: string) => rotated.push(token),
    check: createTokenCheck({ secrets, name: 't', clock }),
  };
}

describe('a token', () => {
  it('is taken while it is current, and while it is the one before', async () => {
    const { check, rotate } = cachedSecrets(FIRST);
    expect(await check.accepts(FIRST)).toBe(true);
    rotate(SECOND);
    expect([await check.accepts(FIRST), await check.accepts(SECOND)]).toEqual([true, true]);
    expect([await check.accepts(FIRST), await check.accepts(SECOND)]).toEqual([true, true]);
  });

  it('that is two rotations old is refused', async () => {
    const { check, rotate } = cachedSecrets(FIRST);
    for (const token of [SECOND, THIRD]) rotate(token);
    expect(await check.accepts(THIRD)).toBe(true);
    expect([await check.accepts(SECOND), await check.accepts(THIRD)]).toEqual([true, true]);
    const { check: fresh } = cachedSecrets(FIRST, SECOND, THIRD);
    expect(await fresh.accepts(FIRST)).toBe(false);
  });

  it('newer than the cache is taken, though somebody guessed a moment before', async () => {
    const { check, rotate, clock } = cachedSecrets(FIRST);
    expect(await check.accepts('a guess')).toBe(false);
    rotate(SECOND);
    const verdict = check.accepts(SECOND);
    await clock.advance(1_000);
    expect(await verdict).toBe(true);
  });

  it('that is guessed makes one request a second, however often', async () => {
    const { check, asked, clock } = cachedSecrets(FIRST);
    expect(await check.accepts('guess 0')).toBe(false);
    const guesses = Array.from({ length: 50 }, (_, at) => check.accepts(`guess ${at}`));
    await clock.advance(1_000);
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([false]));
    expect(asked.refetches).toBe(2);
    expect(asked.previous).toBeLessThan(5);
  });

  it('cannot be judged while the secrets are away', async () => {
    const away: Secrets = {
      get: () => Promise.reject(new Error('away')),
      refetch: () => Promise.reject(new Error('away')),
    };
    const check = createTokenCheck({ secrets: away, name: 't', clock: stepClock() });
    await expect(check.accepts(FIRST)).rejects.toThrow('away');
  });
});
