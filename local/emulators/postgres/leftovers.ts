/**
 * What a killed server left in its folder: processes on their way out, and a lock file that nobody holds any more.
 */

import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Ids of the living processes of a server on this folder: all of them work in it. */
export function processesIn(clusterDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && workingDir(name) === clusterDir)
    .map(Number);
}

/**
 * Removes the lock file if no process works in the folder: its number may by now belong to a stranger, or to a dead
 * process that its parent has not buried yet. True when it is gone.
 */
export function removeStaleLock(clusterDir: string): boolean {
  if (processesIn(clusterDir).length > 0) return false;
  rmSync(join(clusterDir, 'postmaster.pid'), { force: true });
  return true;
}

function workingDir(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // Gone meanwhile, dead, or somebody else's.
    return null;
  }
}
