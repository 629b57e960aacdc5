/**
 * What our own status operation answers, as command line and host read it.
 */

import * as z from 'zod';

const time = z.number().nullable();

export const statusAnswerSchema = z.object({
  vaultId: z.string(),
  lockedBy: z.string(),
  epoch: z.number(),
  secrets: z.number(),
  awaitingDeletion: z.number(),
  generations: z.array(z.number()),
  journalSequence: z.number(),
  /** False where nothing runs rotation functions. */
  canRotate: z.boolean(),
  states: z.array(
    z.object({
      name: z.string(),
      isEnabled: z.boolean(),
      lastMs: time,
      nextMs: time,
      nextEndMs: time,
      isRunning: z.boolean(),
      pending: z
        .object({ versionId: z.string(), attempts: z.number(), failure: z.string().nullable(), retryMs: time })
        .nullable(),
      dueMs: time,
    }),
  ),
});
export type StatusAnswer = Readonly<z.infer<typeof statusAnswerSchema>>;
