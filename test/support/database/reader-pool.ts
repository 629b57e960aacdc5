/**
 * The read-only role's view of a running stack's database.
 */

import type { Pool } from 'pg';
import { LOGIN_SECRETS } from '../../../local/database/connect.ts';
import type { Stack } from '../../../local/stack/stack.ts';
import { createPool } from '../../../shared/adapters/postgres/connection/pool.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';

export function readerPool({ secrets }: Pick<Stack, 'secrets'>): Pool {
  const login = databaseLogin({ secrets, name: LOGIN_SECRETS.reader });
  return createPool({ login, applicationName: 'jules-test', poolMax: 2 });
}
