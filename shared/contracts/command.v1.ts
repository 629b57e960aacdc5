/**
 * command.v1: an operator → risk. Halts, flattens or re-arms the account of a run; each is recorded with its reason.
 * A broken audit halts by the same way, with a cause of its own.
 */

import * as z from 'zod';
import { EPOCH_MS, eventContract } from './envelope.ts';

const data = z.strictObject({
  command: z.enum(['halt', 'flatten', 'arm']),
  /** Of a halt; absent: the operator. */
  cause: z.enum(['OPERATOR', 'AUDIT_FAILED']).optional(),
  reason: z.string().min(1).max(200),
  operator: z.string().min(1).max(64),
  issuedAtMs: EPOCH_MS,
});

export type CommandData = z.infer<typeof data>;
export const commandV1 = eventContract('command', 1, data);
