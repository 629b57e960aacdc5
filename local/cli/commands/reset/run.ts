/**
 * Deletes a data folder of ours, after a question and never under a running stack.
 */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { vaultPlaces } from '../../../vault/store/places.ts';
import { defaultDataDir, findDataDir, MARKER_FILE } from '../../../stack/data-dir.ts';
import { acquireLock, findHolder, type Holder } from '../../../stack/lock.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, EXIT_OK, Problem } from '../../../problem.ts';
import { confirm, requireInteractive } from '../../shell/agreement.ts';
import type { CliContext } from '../../context.ts';

export interface ResetOptions {
  readonly data?: string;
  readonly yes?: boolean;
}

export async function reset(options: ResetOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const dataDir = findDataDir(options.data ?? defaultDataDir(context.env));
  const lock = await acquireLock(dataDir, 'reset', Date.now());
  if (lock.kind === 'held') throw isRunning(dataDir, lock.holder);
  const { vaultDir } = vaultPlaces(dataDir);
  const keeper = existsSync(vaultDir) ? await findHolder(vaultDir) : null;
  if (keeper !== null) throw isRunning(dataDir, keeper);
  try {
    if (!options.yes && !(await isAgreed(dataDir, context))) {
      terminal.note('nothing was deleted');
      return EXIT_FAILED;
    }
    empty(dataDir);
    terminal.note(`deleted ${dataDir}`);
    return EXIT_OK;
  } finally {
    await lock.lock.release();
  }
}

async function isAgreed(dataDir: string, { terminal }: CliContext): Promise<boolean> {
  requireInteractive('reset asks before it deletes', terminal);
  return confirm(`Delete ${dataDir} with every run, bar and credential in it?`, terminal);
}

/** The marker goes last with the folder, so that a reset cut short can be run again. */
function empty(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name !== MARKER_FILE) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  rmSync(dataDir, { recursive: true, force: true });
}

function isRunning(dataDir: string, holder: Holder | null): Problem {
  const who = holder === null ? 'another process' : `${holder.purpose}, pid ${holder.pid}`;
  return new Problem(`${dataDir} is in use by ${who}; nothing was deleted`, {
    fix: 'stop it first (Ctrl-C in its terminal)',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}
