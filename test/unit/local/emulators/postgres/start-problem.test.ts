/**
 * What is made of the last words of a server that did not start.
 */

import { describe, expect, it } from 'vitest';
import { startProblem, STILL_HELD } from '../../../../../local/emulators/postgres/start-problem.ts';

const problemOf = (output: string) => startProblem(output, { dir: 'data/postgres' });

describe('a start that failed', () => {
  it.each([
    [
      'PANIC:  could not write to file "pg_wal/xlogtemp.5": No space left on device',
      'its disk is full',
      'free some space',
    ],
    ['FATAL:  could not open file "postmaster.pid": Read-only file system', 'its disk is read-only', 'remount'],
    ['FATAL:  could not create any TCP/IP sockets', 'its port is taken', 'start again'],
    ['FATAL:  data directory "data" has invalid permissions', 'may be read by others', 'chmod 700'],
    ['FATAL:  data directory "data" has wrong ownership', 'belongs to another user', 'as the owner'],
    ['FATAL:  database files are incompatible with server', 'another version', 'update the program'],
    ['PANIC:  could not locate a valid checkpoint record', 'are damaged', 'restore the data folder'],
    ['postgres: error while loading shared libraries: libssl.so', 'system library', 'npm ci'],
    ['Error: ENOSPC: no space left on device, mkdir', 'its disk is full', 'free some space'],
  ])('is explained: %s', (line, says, fix) => {
    const problem = problemOf(`2026-11-24 21:00:00.000 UTC [5] ${line}\n2026-11-24 UTC [5] LOG:  shut down\n`);
    expect(problem.message).toContain(says);
    expect(problem.fix).toContain(fix);
  });

  it('quotes the server where nothing is known, without its time stamp', () => {
    const problem = problemOf(
      '2026-11-24 21:00:00.000 UTC [5] LOG:  starting\n2026-11-24 UTC [5] FATAL:  the moon is full\n',
    );
    expect(problem.message).toBe('Postgres did not start on data/postgres: the moon is full');
    expect(problem.fix).toContain('logs/postgres.log');
  });

  it('says so when the server said nothing', () => {
    expect(problemOf('').message).toContain('it said nothing');
  });

  it.each([
    'FATAL:  lock file "postmaster.pid" already exists',
    'FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use',
  ])('passes by itself when an earlier server still holds the folder: %s', (line) => {
    expect(STILL_HELD.test(line)).toBe(true);
  });

  it('does not pass by itself when a stranger has the port', () => {
    const output = `LOG:  could not bind IPv4 address "127.0.0.1": Address already in use
HINT:  Is another postmaster already running on port 25000? If not, wait a few seconds and retry.`;
    expect(STILL_HELD.test(output)).toBe(false);
  });
});
