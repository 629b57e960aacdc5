/**
 * Says in one sentence why Postgres did not start, from what it wrote, and what to do about it.
 */

import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../../problem.ts';

interface Explanation {
  readonly pattern: RegExp;
  readonly says: string;
  readonly fix: string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/,
    says: 'its disk is full',
    fix: 'free some space, or name a folder on another disk with --data DIR',
  },
  {
    pattern: /Read-only file system|EROFS/,
    says: 'its disk is read-only',
    fix: 'remount it for writing, or name a folder on another disk with --data DIR',
  },
  {
    pattern: /Address already in use|could not create any TCP\/IP sockets/,
    says: 'its port is taken by another program',
    fix: 'start again: another free port is chosen',
  },
  {
    pattern: /has invalid permissions/,
    says: 'its folder may be read by others',
    fix: 'run chmod 700 on the folder; on a Windows mount that has no effect, so name a folder of the Linux disk',
  },
  {
    pattern: /has wrong ownership|Permission denied|EACCES|EPERM|Operation not permitted/,
    says: 'its folder belongs to another user',
    fix: 'start as the owner of the folder, or name another with --data DIR',
  },
  {
    pattern: /incompatible with server|was initialized by PostgreSQL/,
    says: 'its files are of another version of Postgres',
    fix: 'update the program, or name another folder with --data DIR',
  },
  {
    pattern: /error while loading shared libraries|GLIBC_/,
    says: 'a system library is missing or too old (glibc 2.27 is needed)',
    fix: 'update the system, or run npm ci again',
  },
  {
    pattern:
      /could not locate a valid checkpoint|invalid checkpoint|page verification failed|could not read file|could not find the database system/,
    says: 'its files are damaged',
    fix: 'restore the data folder from a backup, or start a new one with ./jules reset',
  },
];

/** Of an earlier server, processes still hold the folder: passes by itself. */
export const STILL_HELD = /lock file "postmaster\.pid"|pre-existing shared memory block/;

export function startProblem(output: string, about: { dir: string; cause?: unknown }): Problem {
  const known = EXPLANATIONS.find(({ pattern }) => pattern.test(output));
  const line = tellingLine(output);
  const says = known === undefined ? line : `${known.says} (${line})`;
  return new Problem(`Postgres did not start on ${about.dir}: ${says}`, {
    fix: known?.fix ?? 'read logs/postgres.log in the data folder; ./jules doctor checks what it needs',
    exitCode: EXIT_DEPENDENCY_DOWN,
    cause: about.cause,
  });
}

/** setpriv or unshare could not be run at all. */
export function toolProblem(program: string, cause: unknown): Problem {
  return new Problem(`Postgres cannot be started: ${program}: ${messageOf(cause)}`, {
    fix: 'install util-linux (apt-get install util-linux)',
    exitCode: EXIT_DEPENDENCY_DOWN,
    cause,
  });
}

/** The last line that names an error, without its time stamp; else the last line. */
function tellingLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1);
  return reason?.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '').trim() ?? 'it said nothing';
}
