/**
 * Explains an order or a decision from the database of a data folder, running or not.
 */

import { EXIT_FAILED, EXIT_OK, Problem } from '../../../problem.ts';
import { withDatabase } from '../../reach/database-session.ts';
import type { CliContext } from '../../context.ts';
import { postgresDriver } from '../../reach/embedded-postgres.ts';
import { connectReader } from '../../reach/read-only-connection.ts';
import { usageProblem } from '../../options/option-parsers.ts';
import { parseReference } from './reference.ts';
import { printExplanation } from './table.ts';
import { type Explanation, loadExplanation, nearestReferences } from './store.ts';

export interface WhyOptions {
  readonly data?: string;
  readonly run?: string;
  readonly json?: boolean;
}

const NEAREST_MAX = 5;

export async function explain(text: string, options: WhyOptions, context: CliContext): Promise<number> {
  const request = { data: options.data, driver: postgresDriver(null, []), migrates: false };
  const explanation = await withDatabase(request, context, async (session) => {
    const client = await connectReader(session);
    try {
      return await findExplanation(client, text, options.run ?? null);
    } finally {
      await client.end();
    }
  });
  if (options.json) context.terminal.out(JSON.stringify(explanation));
  else printExplanation(context.terminal, explanation);
  return EXIT_OK;
}

type Reader = Awaited<ReturnType<typeof connectReader>>;

/** Throws Problem naming the nearest references when there is no such decision. */
async function findExplanation(client: Reader, text: string, run: string | null): Promise<Explanation> {
  const reference = parseReference(text);
  const found = reference && (await loadExplanation(client, reference, run));
  if (found) return found;
  const nearest = await nearestReferences(client, reference, NEAREST_MAX);
  const fix =
    nearest.length === 0 ? 'this folder holds no orders yet' : `the nearest orders are: ${nearest.join(', ')}`;
  if (reference === null) throw usageProblem('order', text, 'has no form such as 20250103-029-AAPL-N', fix);
  throw new Problem(`no decision '${text}'${run === null ? '' : ` in run ${run}`}`, { fix, exitCode: EXIT_FAILED });
}
