/**
 * Our own operations behind the rotation of encryption keys. They name generations, and no key leaves the vault.
 */

import * as z from 'zod';
import { invalidRequest } from '../aws-error.ts';
import { operation, type OperationContext } from '../operation.ts';

const generation = z.int().min(1);
const LIMIT_MAX = 1_000;

export const nextGeneration = operation({
  audit: 'change',
  input: z.object({ After: generation }),
  perform: async (request, { vault }) => ({ Generation: await vault.nextGeneration(request.After) }),
});

export const rewrapValues = operation({
  audit: 'change',
  input: z.object({ Generation: generation, Limit: z.int().min(1).max(LIMIT_MAX) }),
  async perform(request, { vault }) {
    checkNewest(request.Generation, vault);
    return { Left: await vault.rewrapSome(request.Limit) };
  },
});

export const checkGeneration = operation({
  audit: 'none',
  input: z.object({ Generation: generation }),
  async perform(request, { vault }) {
    const { versions, elsewhere } = await vault.checkGeneration(request.Generation);
    return { Versions: versions, Elsewhere: elsewhere };
  },
});

export const retireGenerations = operation({
  audit: 'change',
  input: z.object({}),
  perform: async (_request, { vault }) => ({ Retired: await vault.retireGenerations() }),
});

/** Under any other, values that are written meanwhile would never come to an end. Throws AwsError. */
function checkNewest(asked: number, { state }: OperationContext['vault']): void {
  const newest = Math.max(...state.generations.keys());
  if (asked === newest) return;
  throw invalidRequest(`Generation ${asked} is not the newest, which is ${newest}.`);
}
