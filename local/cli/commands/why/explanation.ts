/**
 * A decision with the reference it was asked for by.
 */

import type { DecisionFacts, DecisionViews } from '../../../../shared/ports/decision-views.ts';
import { EXIT_FAILED, Problem } from '../../../problem.ts';
import { usageProblem } from '../../options/option-parsers.ts';
import { parseReference, type Reference } from './reference.ts';

export interface Explanation extends DecisionFacts {
  readonly reference: Reference;
}

const NEAREST_MAX = 5;

/** Throws Problem naming the nearest references when there is no such decision. */
export async function findExplanation(views: DecisionViews, text: string, run: string | null): Promise<Explanation> {
  const reference = parseReference(text);
  const facts = reference && (await views.decision(reference, run));
  if (reference && facts) return { reference, ...facts };
  const nearest = await views.nearestOrders(reference, NEAREST_MAX);
  const fix =
    nearest.length === 0 ? 'this folder holds no orders yet' : `the nearest orders are: ${nearest.join(', ')}`;
  if (reference === null) throw usageProblem('order', text, 'is not of the form 20250103-029-AAPL-N', fix);
  throw new Problem(`no decision '${text}'${run === null ? '' : ` in run ${run}`}`, { fix, exitCode: EXIT_FAILED });
}
