/**
 * Logging in with a secret that may have been rotated a moment ago: refused once, it is fetched afresh and tried again.
 */

import { type DatabaseAccess, readDatabaseAccess } from '../contracts/credentials.v1.ts';
import { SecretAccessError, type Secrets, type SecretValue } from '../ports/secrets.ts';

interface SecretUse {
  readonly secrets: Secrets;
  readonly name: string;
}

/** For a secret that says where a database is and who asks. Throws SecretAccessError when it does not. */
export function withDatabaseAccess<Result>(
  use: SecretUse,
  work: (access: DatabaseAccess) => Promise<Result>,
): Promise<Result> {
  return withSecret({ ...use, isRefusal: isRefusedLogin }, ({ name, text }) => {
    const access = readDatabaseAccess(text);
    if (access !== null) return work(access);
    throw new SecretAccessError('is no access to a database: put host, port, database, username and password', {
      code: 'VALUE_INVALID',
      secretName: name,
      retryable: false,
    });
  });
}

/** Work may run twice, the second time only if the first login was refused and a newer value is there. */
async function withSecret<Result>(
  { secrets, name, isRefusal }: SecretUse & { readonly isRefusal: (error: unknown) => boolean },
  work: (secret: SecretValue) => Promise<Result>,
): Promise<Result> {
  const cached = await secrets.get(name);
  try {
    return await work(cached);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const fresh = await secrets.refetch(name);
    if (fresh.versionId === cached.versionId) throw error;
    return work(fresh);
  }
}

/** SQLSTATE: wrong password, and no such role or not allowed to log in. */
const REFUSED_LOGIN = new Set(['28P01', '28000']);

function isRefusedLogin(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && REFUSED_LOGIN.has(code);
}
