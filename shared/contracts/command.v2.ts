/**
 * command.v2: an operator → risk. Halts, flattens or arms the account of a run; each is recorded with its reason and
 * with what came of it. A broken audit halts the same way, with a cause of its own, and is armed only by name.
 */

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

/** Who asks twice within a millisecond asks once. */
export function commandId(runId: string, { command, issuedAtMs }: CommandData): string {
  return `command/${runId}/${issuedAtMs}/${command}`;
}
