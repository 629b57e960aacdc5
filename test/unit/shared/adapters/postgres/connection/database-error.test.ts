/**
 * Which errors are the database's, and which are worth another try.
 */

import { DatabaseError as ServerError } from 'pg';
import { describe, expect, it } from 'vitest';
import {
  DatabaseError,
  toDatabaseError,
} from '../../../../../../shared/adapters/postgres/connection/database-error.ts';

function refusal(code: string): ServerError {
  return Object.assign(new ServerError('refused', 7, 'error'), { code, severity: 'ERROR' });
}

const systemError = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('an error of the database', () => {
  it.each([
    ['08006', true],
    ['53100', true],
    ['53300', true],
    ['40001', true],
    ['40P01', true],
    ['57P01', true],
    ['57P03', true],
    ['57014', true],
    ['55P03', true],
    ['25P03', true],
    ['58030', true],
    ['23505', false],
    ['23514', false],
    ['42P01', false],
    ['42501', false],
    ['28P01', false],
    ['22003', false],
  ])('with SQLSTATE %s: worth another try %s', (code, retryable) => {
    expect(toDatabaseError(refusal(code))).toMatchObject({ name: 'DatabaseError', code, retryable });
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])(
    'is worth another try when the system says %s',
    (code) => {
      expect(toDatabaseError(systemError(code))).toMatchObject({ code, retryable: true });
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('is worth another try when the driver says: %s', (message) => {
    expect(toDatabaseError(new Error(message))).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
  });

  it('is not the database at fault when the handler failed', () => {
    const bug = new TypeError('undefined is not a function');
    const elsewhere = systemError('ENOENT');
    const ours = new DatabaseError('run differs', { code: 'RUN_DIFFERS', retryable: false });
    for (const error of [bug, elsewhere, ours, 'text']) expect(toDatabaseError(error)).toBe(error);
  });
});
