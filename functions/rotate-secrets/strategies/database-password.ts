/**
 * Alternating users: two login roles that inherit one group take turns, so the credential that is in use goes on
 * working until the rotation after this one. Open sessions are never touched.
 */

import type { DatabaseCredential } from '../../../shared/contracts/credentials.v1.ts';
import type { DatabaseAdmin } from '../../../shared/ports/database-admin.ts';
import type { SecretStore } from '../../../shared/ports/secret-store.ts';
import { checkFields, ofKind, PASSWORD_LENGTH, type RotationStrategy, testLogin } from './strategy.ts';

const KIND = 'database_password';
const FIXED = ['host', 'port', 'database', 'group', 'username'] as const;

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
      checkFields(FIXED, { pending, expected: { ...current, username: otherUser(current) } }, secret);
      if (await database.canLogIn(pending)) return;
      await database.setPassword(pending);
    },
    async test(value, secret) {
      await testLogin(database, ofKind(KIND, value, secret), secret);
    },
  };
}

function otherUser({ username, group }: DatabaseCredential): string {
  return username === `${group}_a` ? `${group}_b` : `${group}_a`;
}
