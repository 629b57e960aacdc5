/**
 * Whatever arrives as a rotation event or lies in the secret, the function refuses it or does its step; it never makes
 * a value current that was not pending, and no message of its repeats a value.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CURRENT, PENDING } from '../../../../shared/ports/secrets.ts';
import { databaseCredential, rotationWorld, STEPS, TOKEN } from '../../../support/secrets/rotation-world.ts';

const MARK = 'marked-value-hunter2';

const almostEvent = fc.record(
  {
    SecretId: fc.oneof(fc.constant('jules/test'), fc.anything()),
    ClientRequestToken: fc.oneof(fc.constant(TOKEN), fc.string({ maxLength: 80 }), fc.anything()),
    Step: fc.oneof(fc.constantFrom(...STEPS), fc.string(), fc.anything()),
    RotationToken: fc.anything(),
  },
  { requiredKeys: [] },
);

/** Near enough to a credential to be taken for one. */
const almostCredential = fc.oneof(
  fc.dictionary(fc.string(), fc.jsonValue()),
  fc.record(
    {
      kind: fc.constantFrom('database_password', 'service_token', 'broker_api_key', 'encryption_keys', 'other'),
      password: fc.constant(MARK),
      token: fc.constant(MARK),
      username: fc.oneof(fc.constant('jules_app_a'), fc.string()),
      host: fc.oneof(fc.constant('127.0.0.1'), fc.string()),
      generation: fc.oneof(fc.integer(), fc.double(), fc.string()),
      renewByMs: fc.oneof(fc.integer(), fc.string()),
      confirmedMs: fc.option(fc.integer()),
    },
    { requiredKeys: ['kind'] },
  ),
);

/** Empty without one. */
function refusalOf(attempt: Promise<void>): Promise<string> {
  return attempt.then(
    () => '',
    (error: unknown) => (error instanceof Error ? `${error.message} ${error.stack}` : `no error: ${MARK}`),
  );
}

describe('a rotation event', () => {
  it('of any shape is refused, or is a step of the rotation under way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(almostEvent, fc.anything()), async (event) => {
        const world = rotationWorld();
        expect(await refusalOf(world.handle(event))).not.toContain('password-before');
        expect(world.store.holderOf(CURRENT)).toBe('version-0');
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a secret holds', () => {
  it('of any shape ends in a refusal that repeats nothing of it, or in a value that was pending', async () => {
    await fc.assert(
      fc.asyncProperty(almostCredential, fc.option(almostCredential), async (current, pending) => {
        const world = rotationWorld(current);
        if (pending !== null) {
          await world.store.put('jules/test', { versionId: TOKEN, text: JSON.stringify(pending), stage: PENDING });
        }
        expect(await refusalOf(world.rotate())).not.toContain(MARK);
        expect(['version-0', TOKEN]).toContain(world.store.holderOf(CURRENT));
        expect(world.store.valueOf(CURRENT)).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('is a credential in the first place: the factory of these tests makes one that rotates', async () => {
    const world = rotationWorld(databaseCredential());
    await world.rotate();
    expect(world.store.holderOf(CURRENT)).toBe(TOKEN);
  });
});
