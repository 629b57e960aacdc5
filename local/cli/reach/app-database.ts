/**
 * The database of a data folder in the role of the application, which may write rows.
 */

import { createPostgresDatabase } from '../../../shared/adapters/postgres/connection/database.ts';
import type { Database } from '../../../shared/ports/repositories.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';
import { LOGIN_SECRETS, placeOf } from '../../database/connect.ts';
import type { DatabaseSession } from './database-session.ts';

export function appDatabase(session: DatabaseSession, applicationName: string): Database {
  return createPostgresDatabase({
    login: databaseLogin({ secrets: session.secrets, name: LOGIN_SECRETS.app, at: placeOf(session) }),
    applicationName,
    poolMax: 1,
  });
}
