/**
 * Two administrators take turns: the one that is in use makes or changes the other, so at any moment one login works,
 * and no administrator ever has to change itself.
 */

import type { DatabaseAdmin } from '../../../shared/ports/database-admin.ts';
import type { SecretStore } from '../../../shared/ports/secret-store.ts';
import { checkFields, ofKind, PASSWORD_LENGTH, type RotationStrategy, testLogin } from './strategy.ts';

const KIND = 'database_admin';
const FIXED = ['host', 'port', 'database', 'username', 'alternate'] as const;

export function databaseAdmin(deps: {
  readonly store: Pick<SecretStore, 'randomPassword'>;
  readonly database: DatabaseAdmin;
}): RotationStrategy {
  const { store, database } = deps;
  return {
    async next(value, secret) {
      const { username, alternate, ...rest } = ofKind(KIND, value, secret);
      const password = await store.randomPassword(PASSWORD_LENGTH);
      return { ...rest, username: alternate, alternate: username, password };
    },
    async set(pair, secret) {
      const current = ofKind(KIND, pair.current, secret);
      const pending = ofKind(KIND, pair.pending, secret);
      const expected = { ...current, username: current.alternate, alternate: current.username };
      checkFields(FIXED, { pending, expected }, secret);
      if (await database.canLogIn(pending)) return;
      await database.setAdminPassword(pending);
    },
    async test(value, secret) {
      await testLogin(database, ofKind(KIND, value, secret), secret);
    },
  };
}
