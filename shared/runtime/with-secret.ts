/**
 * Credentials out of secrets that may have been rotated a moment ago: what was refused is fetched afresh, once.
 *
 * Throws SecretAccessError when the secret cannot be read, or holds something else.
 */

import { type DatabaseAccess, readDatabaseAccess, readServiceToken } from '../contracts/credentials.v1.ts';
import { type CredentialSource, isRefusedLogin } from '../ports/credential-source.ts';
import { SecretAccessError, type Secrets, type SecretValue } from '../ports/secrets.ts';

interface SecretUse {
  readonly secrets: Secrets;
  readonly name: string;
}

/**
 * For a secret that says where a database is and who asks. Whoever started the server himself says where it is, since
 * the secret may know an older place.
 */
export function databaseLogin({
  secrets,
  name,
  at = {},
}: SecretUse & { readonly at?: Partial<DatabaseAccess> }): CredentialSource<DatabaseAccess> {
  const read = (value: SecretValue): DatabaseAccess => ({ ...accessIn(value), ...at });
  return {
    current: async () => read(await secrets.get(name)),
    async renewed(refused) {
      const fresh = read(await secrets.refetch(name));
      return isSame(fresh, refused) ? null : fresh;
    },
  };
}

/** For a secret that holds the token of one of our own services. */
export function serviceToken({ secrets, name }: SecretUse): CredentialSource<string> {
  return {
    current: async () => tokenIn(await secrets.get(name)),
    async renewed(refused) {
      const fresh = tokenIn(await secrets.refetch(name));
      return fresh === refused ? null : fresh;
    },
  };
}

/** Work may run twice, the second time only if the first login was refused and a newer value is there. */
export function withDatabaseAccess<Result>(
  use: SecretUse,
  work: (access: DatabaseAccess) => Promise<Result>,
): Promise<Result> {
  return withLogin(databaseLogin(use), work);
}

/** As `withDatabaseAccess`, for a login that is kept in another way. */
export async function withLogin<Login, Result>(
  login: CredentialSource<Login>,
  work: (access: Login) => Promise<Result>,
): Promise<Result> {
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
  throw invalid(name, 'is not access to a database: put host, port, database, username and password');
}

function tokenIn({ name, text }: SecretValue): string {
  const token = readServiceToken(text);
  if (token !== null) return token;
  throw invalid(name, 'is not a token of a service: put kind and token');
}

function invalid(secretName: string, message: string): SecretAccessError {
  return new SecretAccessError(message, { code: 'VALUE_INVALID', secretName, retryable: false });
}

function isSame(a: DatabaseAccess, b: DatabaseAccess): boolean {
  return a.host === b.host && a.port === b.port && a.username === b.username && a.password === b.password;
}
