/**
 * A minute that has left the gateway and has no decision yet: who has it. The market feed is not late while one waits.
 */

import type { MinuteStep } from '../ports/report-views.ts';

export interface WaitingMinute {
  readonly minute: number;
  /** Wall-clock time at which it left the gateway. */
  readonly sinceMs: number;
  /** Who has it, in plain words. */
  readonly waitsFor: string;
}

/** After each step the minute lies with the next one. */
const WAITS_FOR: Readonly<Record<MinuteStep['step'], string>> = {
  sent: 'the ingest function',
  ingested: 'the signal function, which asks the policy runner',
  signalled: 'the risk function',
  decided: 'the gateway, which records its decision',
};

/** `steps` oldest first; null where nothing is known of the minute. */
export function waitingMinute(minute: number, steps: readonly MinuteStep[]): WaitingMinute | null {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { minute, sinceMs: first.atMs, waitsFor: WAITS_FOR[last.step] };
}
