/**
 * command.v2: an operator → risk. Halts, flattens or arms the account of a run; each is recorded with its reason and
 * with what came of it. A broken audit halts the same way, with a cause of its own, and is armed only by name.
 */

import { createHash } from 'node:crypto';
import * as z from 'zod';
import { EPOCH_MS, eventContract } from './envelope.ts';

export const REASON_MAX = 200;

const given = {
  reason: z.string().min(1).max(REASON_MAX),
  /** `cli:uid-N`, `page`, `audit`. */
  operator: z.string().min(1).max(64),
  issuedAtMs: EPOCH_MS,
};

const data = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('halt'), cause: z.enum(['OPERATOR_HALT', 'AUDIT_FAILED']), ...given }),
  z.strictObject({ command: z.literal('flatten'), ...given }),
  z.strictObject({
    command: z.literal('arm'),
    /** The finding of the audit that the operator accepts; null: none, so AUDIT_FAILED stays. */
    acceptAudit: z.string().min(1).max(REASON_MAX).nullable(),
    ...given,
  }),
]);

export type CommandData = z.infer<typeof data>;
export const commandV2 = eventContract('command', 2, data);

const DIGEST_CHARACTERS = 16;

/** Who asks for the same twice within a millisecond asks once; another cause or reason is another command. */
export function commandId(runId: string, asked: CommandData): string {
  const { command, issuedAtMs, operator, reason } = asked;
  const cause = command === 'halt' ? asked.cause : '';
  const accepted = command === 'arm' ? asked.acceptAudit : null;
  const words = JSON.stringify([cause, operator, reason, accepted]);
  const digest = createHash('sha256').update(words).digest('hex').slice(0, DIGEST_CHARACTERS);
  return `command/${runId}/${issuedAtMs}/${[command, cause, digest].filter(Boolean).join('/')}`;
}
