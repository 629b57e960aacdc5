/**
 * A database that refused or could not be reached.
 */

import { SecretAccessError } from '../../../ports/secrets.ts';

export interface DatabaseErrorDetails {
  /** SQLSTATE, or the system's error code. */
  readonly code: string;
  /** True when the same work may succeed later without anybody changing it. */
  readonly retryable: boolean;
  readonly cause?: unknown;
}

export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, details: DatabaseErrorDetails) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.retryable = details.retryable;
  }
}

/**
 * Connections (08), resources such as disk and memory (53), conflicts of transactions (40), shutdown and start (57P),
 * a lock not had in time, a statement cancelled, an input/output error, a connection ended for idling.
 */
const RETRYABLE_STATE = /^(08...|53...|40001|40P01|57P0.|57014|55P03|58030|25P0[34])$/;
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** The driver's own words, where it gives no code. */
const DRIVER_MESSAGE =
  /Connection terminated|Connection ended|connection error and is not queryable|timeout exceeded when trying to connect|Client was closed/i;

/** A role that must not be touched, or not from here. */
export function roleRefused(message: string): DatabaseError {
  return new DatabaseError(`database: ${message}`, { code: 'ROLE_REFUSED', retryable: false });
}

/** Wraps what the driver threw; every other error passes through unchanged, since it is not the database's. */
export function toDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseError) return error;
  // Without a credential there is no connection: the same to whoever waits for the database.
  if (error instanceof SecretAccessError) return wrap(error, error.code, error.retryable);
  const { code } = error as { code?: unknown };
  if (isSqlState(error, code)) return wrap(error, code, RETRYABLE_STATE.test(code));
  if (typeof code === 'string' && SYSTEM_CODES.has(code)) return wrap(error, code, true);
  if (DRIVER_MESSAGE.test(error.message)) return wrap(error, 'CONNECTION_LOST', true);
  return error;
}

/** Only the server's answers carry a severity. */
function isSqlState(error: Error, code: unknown): code is string {
  return typeof code === 'string' && typeof (error as { severity?: unknown }).severity === 'string';
}

function wrap(error: Error, code: string, retryable: boolean): DatabaseError {
  return new DatabaseError(`database: ${error.message || code} (${code})`, { code, retryable, cause: error });
}
