/**
 * Credentials out of secrets that may have been rotated a moment ago: what was refused is fetched afresh, once.
 *
 * Throws SecretAccessError when the secret cannot be read, or holds something else.
 */

import { type DatabaseAccess, readDatabaseAccess } from '../contracts/credentials.v1.ts';
import { type CredentialSource, isRefusedLogin } from '../ports/credential-source.ts';
import { SecretAccessError, type Secrets, type SecretValue } from '../ports/secrets.ts';

interface SecretUse {
  readonly secrets: Secrets;
  readonly name: string;
}

/** For a secret that says where a database is and who asks. */
export function databaseLogin({ secrets, name }: SecretUse): CredentialSource<DatabaseAccess> {
  return {
    current: async () => accessIn(await secrets.get(name)),
    async renewed(refused) {
      const fresh = accessIn(await secrets.refetch(name));
      return isSame(fresh, refused) ? null : fresh;
    },
  };
}

/** For whoever has the credential already. */
export function fixedLogin(access: DatabaseAccess): CredentialSource<DatabaseAccess> {
  return { current: async () => access, renewed: async () => null };
}

/** Work may run twice, the second time only if the first login was refused and a newer value is there. */
export async function withDatabaseAccess<Result>(
  use: SecretUse,
  work: (access: DatabaseAccess) => Promise<Result>,
): Promise<Result> {
  const login = databaseLogin(use);
  const access = await login.current();
  try {
    return await work(access);
  } catch (error) {
    if (!isRefusedLogin(error)) throw error;
    const fresh = await login.renewed(access);
    if (fresh === null) throw error;
    return work(fresh);
  }
}

function accessIn({ name, text }: SecretValue): DatabaseAccess {
  const access = readDatabaseAccess(text);
  if (access !== null) return access;
  throw new SecretAccessError('is no access to a database: put host, port, database, username and password', {
    code: 'VALUE_INVALID',
    secretName: name,
    retryable: false,
  });
}

function isSame(a: DatabaseAccess, b: DatabaseAccess): boolean {
  return a.host === b.host && a.port === b.port && a.username === b.username && a.password === b.password;
}
