/**
 * The status for people, in the words of the page.
 */

import { exchangeTime, minuteName } from '../../../../shared/domain/calendar/exchange-time.ts';
import type { RunConfig } from '../../../../shared/domain/run/run-config.ts';
import type { SessionSection } from '../../../../shared/read-models/page-state.ts';
import { drawdownLine, moneyLine, ordersLine, sessionLines } from '../../../../shared/read-models/session-lines.ts';
import { tokenCommand } from '../../reach/page-client.ts';
import type { Terminal } from '../../shell/terminal.ts';
import type { Status } from './status.ts';
import { diskLine } from './disk.ts';
import { targetLine } from './target.ts';

export function printStatus(terminal: Terminal, status: Status): void {
  for (const line of status.running ? runningLines(status) : stoppedLines(status)) terminal.out(line);
  for (const { severity, text } of status.notices) {
    terminal.out(terminal.paint(severity === 'alarm' ? 'red' : 'yellow', text));
  }
}

function stoppedLines({ dataDir, run, disk, target }: Status): string[] {
  const last = run === null ? [] : runLines('last run', run);
  return [`no stack runs on ${dataDir}; ./jules start starts one`, ...last, diskLine(disk), targetLine(target)];
}

function runningLines(status: Status): string[] {
  const { phase, url, pid, startedAt, dataDir, run, session, money } = status;
  return [
    `${phase} on ${url ?? '(the page is not up yet)'}, pid ${pid}, since ${startedText(startedAt)}`,
    `data ${dataDir}`,
    ...(run === null ? [] : runLines('run', run)),
    diskLine(status.disk),
    targetLine(status.target),
    `token: ${tokenCommand(dataDir)}`,
    ...status.parts.map(({ name, state, detail }) => `  ${name.padEnd(11)} ${state}${detail ? `: ${detail}` : ''}`),
    ...(session === null ? [] : [...sessionLines(session), ...feedLines(session, status.pageNowMs)]),
    ...(money === null ? [] : [moneyLine(money), drawdownLine(money), ordersLine(money)]),
  ];
}

function runLines(title: string, run: RunConfig): string[] {
  const { runId, bookId, market, broker, policy, profile, fees, symbols } = run;
  return [
    `${title} ${runId}, book ${bookId}, market ${market}, broker ${broker}`,
    `policy ${policy}, profile ${profile}, fees ${fees}, symbols ${symbols.join(', ')}`,
  ];
}

/** A minute that has come and waits is no late feed. */
function feedLines({ updatedAtMs, lateAfterMs, waiting }: SessionSection, nowMs: number): string[] {
  if (updatedAtMs === null || lateAfterMs === null) return [];
  const newest = `newest decision ${ageText(nowMs - updatedAtMs)} ago`;
  if (nowMs - updatedAtMs <= lateAfterMs) return [newest];
  if (waiting === null) return [`${newest}: the market feed is late`];
  const { minute, sinceMs, waitsFor } = waiting;
  return [`${newest}; ${minuteName(minute)} came ${ageText(nowMs - sinceMs)} ago and waits for ${waitsFor}`];
}

function startedText(startedAt: string | null): string {
  return startedAt === null ? 'not known' : exchangeTime(Date.parse(startedAt));
}

function ageText(ageMs: number): string {
  return `${Math.max(0, Math.round(ageMs / 1_000))} s`;
}
