/**
 * What `jules secrets status` says: the vault, and the state of each secret's rotation.
 */

import { exchangeTime } from '../../../../shared/domain/calendar/exchange-time.ts';
import {
  type RotationState,
  rotationNotices,
  type RotationStanding,
  standingOf,
} from '../../../../shared/domain/secrets/rotation-notices.ts';
import { type StatusAnswer, statusAnswerSchema } from '../../../vault/status-answer.ts';
import { EXIT_OK } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import type { SecretsOptions } from './run.ts';
import { type Call, withVault } from './vault.ts';
import type { Style } from '../../shell/terminal.ts';

const NAME_WIDTH = 28;
const STANDING_WIDTH = 9;

export async function secretsStatus(options: SecretsOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const status = await withVault(options, context, readStatus);
  const nowMs = Date.now();
  const notices = rotationNotices(status.states, nowMs);
  if (options.json) {
    const states = status.states.map((state) => ({ ...state, standing: standingOf(state, nowMs) }));
    terminal.out(JSON.stringify({ ...status, states, notices }));
    return EXIT_OK;
  }
  printVault(status, context);
  for (const state of status.states) {
    const standing = standingOf(state, nowMs);
    terminal.out(
      `${state.name.padEnd(NAME_WIDTH)}  ${terminal.paint(STYLES[standing], standing.padEnd(STANDING_WIDTH))}  ${timesText(state)}`,
    );
  }
  for (const { severity, text } of notices) terminal.out(terminal.paint(severity === 'alarm' ? 'red' : 'yellow', text));
  return EXIT_OK;
}

/** Throws AwsError. */
export async function readStatus(call: Call): Promise<StatusAnswer> {
  return statusAnswerSchema.parse(await call('jules.Status', {}));
}

const STYLES: Readonly<Record<RotationStanding, Style>> = {
  off: 'dim',
  waiting: 'green',
  'under way': 'yellow',
  failed: 'red',
  overdue: 'red',
};

function printVault(status: StatusAnswer, { terminal }: CliContext): void {
  const deletion = status.awaitingDeletion === 0 ? '' : `, ${status.awaitingDeletion} of them awaiting deletion`;
  terminal.out(`vault ${status.vaultId}, opened by its ${status.lockedBy === 'file' ? 'key file' : 'passphrase'}`);
  terminal.out(
    `${status.secrets} secrets${deletion}; ${status.epoch} changes, ${status.journalSequence} journal lines`,
  );
  terminal.out(`key generations: ${status.generations.join(', ')}`);
  if (status.states.length > 0 && !status.canRotate)
    terminal.note('nothing runs here that could rotate: ./jules start');
}

function timesText({ lastMs, nextMs, dueMs, pending }: RotationState): string {
  const parts = [
    `last ${lastMs === null ? 'never' : exchangeTime(lastMs)}`,
    `next ${nextMs === null ? 'by hand' : exchangeTime(nextMs)}`,
    ...(dueMs === null ? [] : [`due ${exchangeTime(dueMs)}`]),
    ...(pending === null ? [] : [`attempt ${pending.attempts}: ${pending.failure ?? 'no failure'}`]),
  ];
  return parts.join(', ');
}
