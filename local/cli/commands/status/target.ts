/**
 * The active target for `status`: where the folder's stacks are deployed, since when, and whether somebody is there.
 */

import { exchangeTime } from '../../../../shared/domain/calendar/exchange-time.ts';
import { isListening } from '../../../deploy/emulator-probe.ts';
import { readTargetFile, type TargetFile } from '../../../deploy/target-file.ts';
import { TARGET_TITLES } from '../../../deploy/targets.ts';

export interface TargetStatus {
  readonly target: TargetFile['target'];
  readonly endpoint: string | null;
  readonly account: string;
  readonly region: string;
  readonly stage: TargetFile['stage'];
  readonly state: TargetFile['state'] | 'gone';
  readonly functions: TargetFile['functions'];
  readonly since: string;
}

/** Null: nothing is deployed from this folder. Throws Problem when its file is damaged. */
export async function targetStatus(dataDir: string): Promise<TargetStatus | null> {
  const file = readTargetFile(dataDir);
  if (file === null) return null;
  const { target, endpoint, account, region, stage, functions } = file;
  const isGone = endpoint !== null && !(await isListening(endpoint));
  const since = new Date(file.finishedAtMs ?? file.startedAtMs).toISOString();
  return { target, endpoint, account, region, stage, functions, since, state: isGone ? 'gone' : file.state };
}

/** One line for people, with the next step where one is due. */
export function targetLine(status: TargetStatus | null): string {
  if (status === null) return 'target embedded: queues and functions of the host';
  const { target, endpoint, account, region, stage } = status;
  const since = exchangeTime(Date.parse(status.since));
  const where = endpoint ?? `account ${account}`;
  const title = TARGET_TITLES[target];
  return `target ${title} at ${where}, region ${region}, stage ${stage}: ${stateText(status)} ${since}`;
}

function stateText({ state, target, functions }: TargetStatus): string {
  const fix = `./jules deploy --target ${target} repairs;`;
  switch (state) {
    case 'deployed':
      return functions === 'host' ? 'deployed, its queues polled by our host, since' : 'deployed since';
    case 'deploying':
      return `half deployed, ${fix} begun`;
    case 'destroying':
      return 'half destroyed, ./jules destroy goes on; deployed';
    case 'gone':
      return `nobody listens there any more, ${fix} deployed`;
  }
}
