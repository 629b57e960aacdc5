/**
 * Login roles of the database, as rotation changes them.
 */

import type { AdminCredential, DatabaseCredential } from '../contracts/credentials.v1.ts';

export interface DatabaseAdmin {
  /** Really logs in, and may do what it is for. False when the server refuses; throws when there is no answer. */
  canLogIn(credential: DatabaseCredential | AdminCredential): Promise<boolean>;
  /** Makes the login role where it is missing. All or nothing; the server never sees the password itself. */
  setPassword(credential: DatabaseCredential): Promise<void>;
  /** The same for an administrator. */
  setAdminPassword(credential: AdminCredential): Promise<void>;
}
