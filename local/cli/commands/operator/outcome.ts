/**
 * What came of a command, as risk recorded it.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { CommandOutcome } from '../../../../shared/domain/risk/command-outcome.ts';
import { outcomeText } from '../../../../shared/read-models/outcome-text.ts';
import type { PageReply } from '../../reach/page-client.ts';
import type { OperatorCommand } from './request.ts';

export type Call = (path: string, init?: RequestInit) => Promise<PageReply>;

const WAIT_MS_MAX = 5_000;
const LOOK_MS = 250;

/** What risk made of the command; null when it has said nothing within five seconds. */
export async function awaitOutcome(id: string, call: Call, waitMsMax = WAIT_MS_MAX): Promise<CommandOutcome | null> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const { status, body } = await call(`/api/commands/outcome?id=${encodeURIComponent(id)}`);
    const outcome = status < 300 ? (body as { outcome: CommandOutcome | null }).outcome : null;
    if (outcome !== null || waitedMs >= waitMsMax) return outcome;
    await pause(LOOK_MS);
  }
}

/** What the page adds to a command as well, once its run has played its last session. */
export const AFTER_THE_LAST = 'This run has no more sessions: the command is on record, and nothing trades after it.';

export function outcomeLine(command: OperatorCommand, outcome: CommandOutcome | null, url: string): string {
  if (outcome === null) return `${command} was sent and has no answer yet; ${url} shows what comes of it`;
  return `${command}: ${outcomeText(outcome)}`;
}
