/**
 * Reads what runs on a data folder, from its lock, its files and its page, and prints it.
 */

import { readStatusFile } from '../../../../shared/runtime/status-file.ts';
import type { StackFile } from '../../../../shared/runtime/stack-file.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_OK } from '../../../problem.ts';
import { defaultDataDir, openDataDir } from '../../../stack/data-dir.ts';
import { findHolder, type Holder } from '../../../stack/lock.ts';
import { lastStackFile } from '../../../stack/stack-store.ts';
import type { CliContext } from '../../context.ts';
import { askPage, readSnapshot } from '../../shell/page-snapshot.ts';
import { diskStatus } from './disk.ts';
import { printStatus } from './table.ts';
import type { Status } from './status.ts';
import { targetStatus } from './target.ts';

export interface StatusOptions {
  readonly data?: string;
  readonly json?: boolean;
}

export async function showStatus(options: StatusOptions, context: CliContext): Promise<number> {
  const dataDir = openDataDir(options.data ?? defaultDataDir(context.env));
  const status = await readStatus(dataDir, await findHolder(dataDir), lastStackFile(dataDir));
  if (options.json) context.terminal.out(JSON.stringify(status));
  else printStatus(context.terminal, status);
  return status.running ? EXIT_OK : EXIT_DEPENDENCY_DOWN;
}

async function readStatus(dataDir: string, holder: Holder | null, file: StackFile | null): Promise<Status> {
  const board = holder === null ? null : readStatusFile(dataDir);
  const snapshot = holder?.url ? await readSnapshot(askPage(holder.url)) : null;
  return {
    running: holder !== null && holder.purpose !== 'database',
    dataDir,
    pid: holder?.pid ?? null,
    url: holder?.url ?? null,
    startedAt: holder === null ? null : new Date(holder.startedAtMs).toISOString(),
    run: file?.run ?? null,
    phase: board?.phase ?? 'stopped',
    parts: board?.parts ?? [],
    notices: snapshot?.state.stack.notices ?? [],
    session: snapshot?.state.session ?? null,
    money: snapshot?.state.money ?? null,
    pageNowMs: snapshot?.nowMs ?? 0,
    disk: await diskStatus(dataDir, holder === null ? null : (file?.ports.postgres ?? null)),
    target: await targetStatus(dataDir),
  };
}
