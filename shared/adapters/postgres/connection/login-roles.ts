/**
 * Login roles as SQL: made where they are missing, and given a password. The caller brings the connection and its
 * transaction.
 *
 * Names of roles take no parameters; a credential's are held to the plainest form when it is read.
 */

import type { Client } from 'pg';
import type { AdminCredential, DatabaseCredential } from '../../../contracts/credentials.v1.ts';
import { roleRefused } from './database-error.ts';
import { scramVerifier } from './scram.ts';

/** Makes the role where it is missing. */
export async function setLogin(client: Client, credential: DatabaseCredential): Promise<void> {
  const { username, group, database } = credential;
  if (username === group) throw roleRefused(`role ${username} is the group of the logins: name a login of its own`);
  const role = await findRole(client, username);
  if (role?.isStrong) throw roleRefused(`role ${username} may more than an application: name one of its own`);
  if (role === null) await client.query(`CREATE ROLE ${username}`);
  await client.query(`ALTER ROLE ${username} LOGIN INHERIT PASSWORD ${verifierOf(credential)}`);
  await client.query(`GRANT ${group} TO ${username}`);
  // Whoever inherits the owner of the database acts as that owner, so that objects have one owner for all time.
  if (await ownsDatabase(client, { group, database })) {
    await client.query(`ALTER ROLE ${username} SET role = '${group}'`);
  }
}

export async function setAdminLogin(client: Client, credential: AdminCredential): Promise<void> {
  const { username, alternate } = credential;
  const [role, maker] = [await findRole(client, username), await findRole(client, alternate)];
  if (!maker?.isSuperuser) {
    throw roleRefused(
      `role ${alternate} is not a superuser: let the service that runs this server rotate its administrator`,
    );
  }
  if (role !== null && !role.isSuperuser)
    throw roleRefused(`role ${username} is not an administrator: name another one`);
  if (role === null) await client.query(`CREATE ROLE ${username} SUPERUSER`);
  await client.query(`ALTER ROLE ${username} LOGIN PASSWORD ${verifierOf(credential)}`);
}

/**
 * The administrator on a server that makes nobody a superuser, as managed ones do: it may make login roles and pass the
 * groups on, and neither inherits nor takes their rights itself.
 */
export async function setRoleMaker(
  client: Client,
  credential: AdminCredential,
  groups: readonly string[],
): Promise<void> {
  const { username } = credential;
  const role = await findRole(client, username);
  if (role?.isSuperuser) {
    throw roleRefused(`role ${username} is a superuser: put its own password into the secret that names it`);
  }
  if (role === null) await client.query(`CREATE ROLE ${username} CREATEROLE`);
  await client.query(`ALTER ROLE ${username} LOGIN CREATEROLE PASSWORD ${verifierOf(credential)}`);
  await client.query(`GRANT ${groups.join(', ')} TO ${username} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
}

async function ownsDatabase(
  client: Client,
  { group, database }: Pick<DatabaseCredential, 'group' | 'database'>,
): Promise<boolean> {
  const { rows } = await client.query(
    'SELECT FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE datname = $1 AND rolname = $2',
    [database, group],
  );
  return rows.length > 0;
}

interface Role {
  readonly isSuperuser: boolean;
  readonly isStrong: boolean;
}

/** Null where there is none. */
async function findRole(client: Client, name: string): Promise<Role | null> {
  const { rows } = await client.query<Role>(
    `SELECT rolsuper AS "isSuperuser",
        rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls AS "isStrong"
      FROM pg_roles WHERE rolname = $1`,
    [name],
  );
  return rows[0] ?? null;
}

/** Neither the statement nor the server's log of it holds the password: only what it is checked against. */
function verifierOf({ password }: { readonly password: string }): string {
  return `'${scramVerifier(password)}'`;
}
