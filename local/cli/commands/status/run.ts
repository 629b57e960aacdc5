/**
 * What runs on a data folder: processes, active target, run, session, equity, trading state.
 */

import type { StackNotice } from '../../../../shared/ports/stack-status.ts';
import { readStatusFile, type StatusFile } from '../../../../shared/runtime/status-file.ts';
import type { StackFile } from '../../../../shared/runtime/stack-file.ts';
import { defaultDataDir, openDataDir } from '../../../stack/data-dir.ts';
import { findHolder, type Holder } from '../../../stack/lock.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_OK } from '../../../problem.ts';
import { lastStackFile } from '../../../stack/stack-store.ts';
import type { CliContext } from '../../context.ts';
import { tokenCommand } from '../../reach/page-client.ts';
import { readHeadline, readNotices, type Headline } from '../../shell/session-progress.ts';
import { usd } from '../../../../shared/read-models/format.ts';
import { diskLine, type DiskStatus, diskStatus } from './disk.ts';
import { targetLine, type TargetStatus, targetStatus } from './target.ts';
import type { Terminal } from '../../shell/terminal.ts';

export interface StatusOptions {
  readonly data?: string;
  readonly json?: boolean;
}

interface Status {
  readonly running: boolean;
  readonly dataDir: string;
  readonly pid: number | null;
  readonly url: string | null;
  readonly startedAt: string | null;
  readonly runId: string | null;
  readonly phase: StatusFile['phase'] | 'stopped';
  readonly parts: StatusFile['parts'];
  readonly headline: Headline | null;
  readonly notices: readonly StackNotice[];
  readonly disk: DiskStatus;
  /** Null: embedded. */
  readonly target: TargetStatus | null;
}

export async function showStatus(options: StatusOptions, context: CliContext): Promise<number> {
  const dataDir = openDataDir(options.data ?? defaultDataDir(context.env));
  const status = await readStatus(dataDir, await findHolder(dataDir), lastStackFile(dataDir));
  if (options.json) context.terminal.out(JSON.stringify(status));
  else print(context.terminal, status);
  return status.running ? EXIT_OK : EXIT_DEPENDENCY_DOWN;
}

async function readStatus(dataDir: string, holder: Holder | null, file: StackFile | null): Promise<Status> {
  const board = holder === null ? null : readStatusFile(dataDir);
  return {
    running: holder !== null && holder.purpose !== 'database',
    dataDir,
    pid: holder?.pid ?? null,
    url: holder?.url ?? null,
    startedAt: holder === null ? null : new Date(holder.startedAtMs).toISOString(),
    runId: file?.run.runId ?? null,
    phase: board?.phase ?? 'stopped',
    parts: board?.parts ?? [],
    headline: holder?.url ? await readHeadline(holder.url) : null,
    notices: holder?.url ? await readNotices(holder.url) : [],
    disk: await diskStatus(dataDir, holder === null ? null : (file?.ports.postgres ?? null)),
    target: await targetStatus(dataDir),
  };
}

function print(terminal: Terminal, status: Status): void {
  if (!status.running) {
    terminal.out(`no stack runs on ${status.dataDir}; ./jules start starts one`);
    if (status.runId !== null) terminal.out(`last run: ${status.runId}`);
    terminal.out(diskLine(status.disk));
    terminal.out(targetLine(status.target));
    return;
  }
  terminal.out(`${status.phase} on ${status.url ?? '(page not up yet)'}, pid ${status.pid}, since ${status.startedAt}`);
  terminal.out(`data ${status.dataDir}, run ${status.runId}`);
  terminal.out(diskLine(status.disk));
  terminal.out(targetLine(status.target));
  terminal.out(`token: ${tokenCommand(status.dataDir)}`);
  for (const part of status.parts)
    terminal.out(`  ${part.name.padEnd(11)} ${part.state}${part.detail ? `: ${part.detail}` : ''}`);
  for (const { severity, text } of status.notices)
    terminal.out(terminal.paint(severity === 'alarm' ? 'red' : 'yellow', text));
  const { headline } = status;
  if (headline === null) return;
  terminal.out(
    `session ${headline.date}, minute ${headline.minute + 1} of ${headline.minutes}, ${headline.state}${headline.cause === '' ? '' : ` (${headline.cause})`}`,
  );
  if (headline.equityUsd !== null)
    terminal.out(`equity ${usd(headline.equityUsd)}, P&L after fees ${usd(headline.netPnlUsd ?? 0)}`);
}
