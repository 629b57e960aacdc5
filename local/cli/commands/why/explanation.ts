/**
 * A decision with the reference it was asked for by.
 */

import type { DecisionFacts, DecisionViews } from '../../../../shared/ports/decision-views.ts';
import { EXIT_FAILED, Problem } from '../../../problem.ts';
import { usageProblem } from '../../options/option-parsers.ts';
import { readReference, type Reference } from './reference.ts';

export interface Explanation extends DecisionFacts {
  readonly reference: Reference;
}

const NEAREST_MAX = 5;
const RUNS_SHOWN_MAX = 5;

/** Throws Problem naming the nearest references when there is no such order, or no such decision. */
export async function findExplanation(views: DecisionViews, text: string, run: string | null): Promise<Explanation> {
  const references = readReference(text);
  if (run !== null) await requireRun(views, run);
  for (const reference of references) {
    const facts = await views.decision(reference, { run, orderRef: reference.orderRef });
    if (facts) return { reference, ...facts };
  }
  throw await notFound(views, text, { references, run });
}

async function requireRun(views: DecisionViews, run: string): Promise<void> {
  const runs = await views.runs();
  if (runs.includes(run)) return;
  const more = runs.length > RUNS_SHOWN_MAX ? `, and ${runs.length - RUNS_SHOWN_MAX} older ones` : '';
  const fix =
    runs.length === 0
      ? 'this folder holds no runs yet'
      : `the runs of this folder are: ${runs.slice(0, RUNS_SHOWN_MAX).join(', ')}${more}`;
  throw new Problem(`no run '${run}'`, { fix, exitCode: EXIT_FAILED });
}

interface Asked {
  readonly references: readonly Reference[];
  readonly run: string | null;
}

async function notFound(views: DecisionViews, text: string, { references, run }: Asked): Promise<Problem> {
  const [reference = null] = references;
  const nearest = await views.nearestOrders(reference, { run, limit: NEAREST_MAX });
  const holder = run === null ? 'folder' : 'run';
  const fix =
    nearest.length === 0 ? `this ${holder} holds no orders yet` : `the nearest orders are: ${nearest.join(', ')}`;
  if (reference === null) return usageProblem('order', text, 'is not of the form 20260105-029-AAPL-N', fix);
  const where = run === null ? '' : ` in run ${run}`;
  const decided = await views.decision(reference, { run, orderRef: null });
  if (reference.orderRef === null || decided === null) {
    const what = reference.orderRef === null ? 'decision' : 'order';
    return new Problem(`no ${what} '${text}'${where}`, { fix, exitCode: EXIT_FAILED });
  }
  return new Problem(`no order '${text}'${where}: ${ordersText(decided, reference)}`, {
    fix: `./jules why ${decisionText(text)} explains that decision; ${fix}`,
    exitCode: EXIT_FAILED,
  });
}

/** Of the decision itself: an entry's exit is decided in a later minute. */
function ordersText({ orders, decision }: DecisionFacts, reference: Reference): string {
  const own = orders.filter(({ minuteIndex }) => minuteIndex === reference.minuteIndex);
  if (own.length === 0) return `the decision of that minute made none (${decision.verdict})`;
  return `the decision of that minute made ${own.map(({ orderRef }) => orderRef).join(', ')}`;
}

function decisionText(orderRef: string): string {
  return orderRef.slice(0, orderRef.lastIndexOf('-'));
}
