/**
 * Applies the migrations that the database of a data folder lacks.
 */

import { EXIT_OK } from '../../../problem.ts';
import { withDatabase } from '../../reach/database-session.ts';
import type { CliContext } from '../../context.ts';
import { migrationState, postgresDriver } from '../../reach/embedded-postgres.ts';

export interface MigrateOptions {
  readonly data?: string;
  readonly json?: boolean;
}

export async function migrate(options: MigrateOptions, context: CliContext): Promise<number> {
  const driver = postgresDriver(null, []);
  const state = await withDatabase({ data: options.data, driver, migrates: false }, context, async (session) => {
    const before = await migrationState(session);
    await driver.prepare(session);
    return { before: before.applied, after: (await migrationState(session)).applied };
  });
  const applied = state.after - state.before;
  if (options.json) context.terminal.out(JSON.stringify({ applied, total: state.after }));
  else
    context.terminal.out(
      applied === 0 ? `nothing to apply; ${state.after} migrations are there` : `applied ${applied} migrations`,
    );
  return EXIT_OK;
}
