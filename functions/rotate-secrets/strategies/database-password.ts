/**
 * Alternating users: two login roles that inherit one group take turns, so the credential that is in use goes on
 * working until the rotation after this one. Open sessions are never touched.
 */

import type { DatabaseCredential } from '../../../shared/contracts/credentials.v1.ts';
import type { DatabaseAdmin } from '../../../shared/ports/database-admin.ts';
import type { SecretDescription, SecretStore } from '../../../shared/ports/secret-store.ts';
import { RotationError } from '../rotation-error.ts';
import { ofKind, type RotationStrategy } from './strategy.ts';

const KIND = 'database_password';
/** 62 signs to choose from: 238 bits. */
const PASSWORD_LENGTH = 40;

export function databasePassword(deps: {
  readonly store: Pick<SecretStore, 'randomPassword'>;
  readonly database: DatabaseAdmin;
}): RotationStrategy {
  const { store, database } = deps;
  return {
    async next(value, secret) {
      const current = ofKind(KIND, value, secret);
      const password = await store.randomPassword(PASSWORD_LENGTH);
      return { ...current, username: otherUser(current), password };
    },
    async set(pair, secret) {
      const current = ofKind(KIND, pair.current, secret);
      const pending = ofKind(KIND, pair.pending, secret);
      checkTarget({ current, pending }, secret);
      if (await database.canLogIn(pending)) return;
      await database.setPassword(pending);
    },
    async test(value, secret) {
      if (await database.canLogIn(ofKind(KIND, value, secret))) return;
      throw new RotationError('the database refuses the pending login: run setSecret again', {
        code: 'TEST_FAILED',
        secretName: secret.name,
        retryable: true,
      });
    },
  };
}

/** The group itself is where a database begins that was made before it had two users. */
function otherUser({ username, group }: DatabaseCredential): string {
  return username === `${group}_a` ? `${group}_b` : `${group}_a`;
}

/** A pending value may name the other user and a new password, and nothing else: not another server, not another group. */
function checkTarget(
  { current, pending }: { readonly current: DatabaseCredential; readonly pending: DatabaseCredential },
  { name }: SecretDescription,
): void {
  const expected = { ...current, username: otherUser(current) };
  for (const field of ['host', 'port', 'database', 'group', 'username'] as const) {
    if (pending[field] === expected[field]) continue;
    throw new RotationError(`${field} is '${pending[field]}' in the pending value, expected '${expected[field]}'`, {
      code: 'TARGET_CHANGED',
      secretName: name,
    });
  }
}
