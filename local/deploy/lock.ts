/**
 * One deploy or destroy at a time for each data folder; a stack that runs on the folder does not mind either.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock, type Lock } from '../stack/lock.ts';
import { EXIT_DEPENDENCY_DOWN, Problem } from '../problem.ts';

/** Templates, bundles and the lock. */
export function deployDir(dataDir: string): string {
  return join(dataDir, 'deploy');
}

/** Throws Problem naming its holder. */
export async function lockDeploys(dataDir: string): Promise<Lock> {
  const dir = deployDir(dataDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const result = await acquireLock(dir, 'deploy', Date.now());
  if (result.kind === 'acquired') return result.lock;
  const who = result.holder === null ? 'another process' : `pid ${result.holder.pid}`;
  throw new Problem(`${who} deploys or destroys from ${dataDir} already`, {
    fix: 'wait until it is done, or stop it with Ctrl-C',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}
