/**
 * The read-only role's view of a running stack's database.
 */

import { Pool } from 'pg';
import type { Stack } from '../../local/supervisor/stack.ts';

export function readerPool(stack: Pick<Stack, 'file' | 'credentials'>): Pool {
  return new Pool({
    host: '127.0.0.1',
    port: stack.file.ports.postgres,
    database: 'jules',
    user: 'jules_reader',
    password: stack.credentials.reader,
    max: 2,
  });
}
