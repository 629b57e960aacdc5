/**
 * What differs from credential to credential: how the next value comes about, is made known and is tried.
 *
 * Every method may be run again at any time, also after it was cut off in the middle.
 */

import type { Credential, CredentialKind } from '../../../shared/contracts/credentials.v1.ts';
import type { DatabaseAdmin } from '../../../shared/ports/database-admin.ts';
import type { SecretDescription } from '../../../shared/ports/secret-store.ts';
import { RotationError } from '../rotation-error.ts';

/** Of a login of the database. 62 signs to choose from: 238 bits. */
export const PASSWORD_LENGTH = 40;

export interface Pair {
  readonly current: Credential;
  readonly pending: Credential;
}

export interface RotationStrategy {
  /** The value after the current one. Changes nothing. */
  next(current: Credential, secret: SecretDescription): Promise<Credential>;
  /** Makes the pending value work beside the current one, which goes on working. */
  set(pair: Pair, secret: SecretDescription): Promise<void>;
  /** Throws RotationError unless the pending value works. */
  test(pending: Credential, secret: SecretDescription): Promise<void>;
  /** Takes away what only values before the current one needed. */
  giveUpPrevious?(current: Credential, secret: SecretDescription): Promise<void>;
}

/**
 * A pending value may name another password and, where users alternate, the other user: not another server, not another
 * group. Throws RotationError.
 */
export function checkFields<Value extends Credential>(
  fields: readonly (keyof Value)[],
  { pending, expected }: { readonly pending: Value; readonly expected: Value },
  { name }: SecretDescription,
): void {
  for (const field of fields) {
    if (pending[field] === expected[field]) continue;
    const [given, wanted] = [String(pending[field]), String(expected[field])];
    throw new RotationError(`${String(field)} is '${given}' in the pending value, expected '${wanted}'`, {
      code: 'TARGET_CHANGED',
      secretName: name,
    });
  }
}

type OfKind<Kind extends CredentialKind> = Extract<Credential, { kind: Kind }>;

/** Throws RotationError when somebody put a value of another kind in between. */
export function ofKind<Kind extends CredentialKind>(
  kind: Kind,
  credential: Credential,
  { name }: SecretDescription,
): OfKind<Kind> {
  if (credential.kind === kind) return credential as OfKind<Kind>;
  throw new RotationError(`kind is ${credential.kind}, not ${kind}: put a value of one kind for all versions`, {
    code: 'TARGET_CHANGED',
    secretName: name,
  });
}

/** Throws RotationError unless the login works. */
export async function testLogin(
  database: DatabaseAdmin,
  login: OfKind<'database_admin' | 'database_password'>,
  { name }: SecretDescription,
): Promise<void> {
  if (await database.canLogIn(login)) return;
  throw new RotationError(`the database refuses the pending login ${login.username}: run setSecret again`, {
    code: 'TEST_FAILED',
    secretName: name,
    retryable: true,
  });
}
