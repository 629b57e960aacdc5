/**
 * Explains an order or a decision from the database of a data folder, running or not.
 */

import { createDecisionViews } from '../../../../shared/adapters/postgres/report/decision-views.ts';
import { EXIT_OK } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { withDatabase } from '../../reach/database-session.ts';
import { postgresDriver } from '../../reach/embedded-postgres.ts';
import { connectReader } from '../../reach/read-only-connection.ts';
import { findExplanation } from './explanation.ts';
import { printExplanation } from './table.ts';

export interface WhyOptions {
  readonly data?: string;
  readonly run?: string;
  readonly json?: boolean;
}

export async function explain(text: string, options: WhyOptions, context: CliContext): Promise<number> {
  const request = { data: options.data, driver: postgresDriver(null, []), migrates: false };
  const explanation = await withDatabase(request, context, async (session) => {
    const client = await connectReader(session);
    try {
      return await findExplanation(createDecisionViews(client), text, options.run ?? null);
    } finally {
      await client.end();
    }
  });
  if (options.json) context.terminal.out(JSON.stringify(explanation));
  else printExplanation(context.terminal, explanation);
  return EXIT_OK;
}
