/**
 * What the secrets of a new data folder begin with, and what they begin with where a database is there already: the
 * logins that it was made with.
 */

import { randomBytes } from 'node:crypto';
import type { Credential } from '../../../shared/contracts/credentials.v1.ts';
import type { HostAndPort } from '../../../shared/runtime/addresses.ts';
import type { SecretKey } from '../../../shared/topology.ts';
import type { OldCredentials } from './old-credentials.ts';

/** Secrets of the operator are not made up here: `brokerApiKey` is there when he puts it. */
export type SeededKey = Exclude<SecretKey, 'brokerApiKey'>;

export interface Beginning {
  /** Where the database is. */
  readonly at: HostAndPort;
  /** The newest of the vault's own keys. */
  readonly generation: number;
  /** Null: nothing to take over. */
  readonly old: OldCredentials | null;
}

const BOOTSTRAP_ADMIN = 'postgres';
const SECOND_ADMIN = 'jules_admin';
const DATABASE = 'jules';
const PASSWORD_BYTES = 30;
/** The least that a token of a service may have. */
const TOKEN_LENGTH_MIN = 32;

export function firstValues({ at, generation, old }: Beginning): Readonly<Record<SeededKey, Credential>> {
  const place = { ...at, database: DATABASE };
  const login = (group: string, password: string | undefined): Credential => ({
    kind: 'database_password',
    ...place,
    // An older database has the group itself as login; the first rotation puts one of two users in its place.
    username: password === undefined ? `${group}_a` : group,
    password: password ?? random(),
    group,
  });
  return {
    databaseAdmin: {
      kind: 'database_admin',
      ...place,
      username: BOOTSTRAP_ADMIN,
      alternate: SECOND_ADMIN,
      password: old?.superuser ?? random(),
    },
    databaseOwner: login('jules_owner', old?.owner),
    databaseApp: login('jules_app', old?.app),
    databaseReader: login('jules_reader', old?.reader),
    pageToken: token(old?.pageToken),
    runnerToken: token(undefined),
    encryptionKeys: { kind: 'encryption_keys', generation },
  };
}

function token(old: string | undefined): Credential {
  return { kind: 'service_token', token: old !== undefined && old.length >= TOKEN_LENGTH_MIN ? old : random() };
}

function random(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}
