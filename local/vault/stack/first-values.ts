/**
 * What the secrets of a new data folder begin with.
 */

import { randomBytes } from 'node:crypto';
import type { Credential } from '../../../shared/contracts/credentials.v1.ts';
import type { HostAndPort } from '../../../shared/runtime/addresses.ts';
import type { SecretKey } from '../../../shared/topology.ts';

/** Secrets of the operator are not made up here: `brokerApiKey` is there when he puts it. */
export type SeededKey = Exclude<SecretKey, 'brokerApiKey'>;

export interface Beginning {
  /** Where the database is. */
  readonly at: HostAndPort;
  /** The newest of the vault's own keys. */
  readonly generation: number;
}

const BOOTSTRAP_ADMIN = 'postgres';
const SECOND_ADMIN = 'jules_admin';
const DATABASE = 'jules';
const PASSWORD_BYTES = 30;

export function firstValues({ at, generation }: Beginning): Readonly<Record<SeededKey, Credential>> {
  const place = { ...at, database: DATABASE };
  const login = (group: string): Credential => ({
    kind: 'database_password',
    ...place,
    username: `${group}_a`,
    password: random(),
    group,
  });
  return {
    databaseAdmin: {
      kind: 'database_admin',
      ...place,
      username: BOOTSTRAP_ADMIN,
      alternate: SECOND_ADMIN,
      password: random(),
    },
    databaseOwner: login('jules_owner'),
    databaseApp: login('jules_app'),
    databaseReader: login('jules_reader'),
    pageToken: token(),
    runnerToken: token(),
    encryptionKeys: { kind: 'encryption_keys', generation },
  };
}

function token(): Credential {
  return { kind: 'service_token', token: random() };
}

function random(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}
