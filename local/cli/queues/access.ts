/**
 * How the commands reach the queues and the quarantine of a stack.
 */

import type { SQSClient } from '@aws-sdk/client-sqs';
import { queueAccess } from '../../../shared/adapters/sqs/access.ts';
import { createSqsClient } from '../../../shared/adapters/sqs/client.ts';
import type { QuarantineRepository } from '../../../shared/ports/repositories.ts';
import { topology, type Topology } from '../../../shared/topology.ts';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../../supervisor/problem.ts';
import { lastStackFile } from '../../supervisor/stack-store.ts';
import { appDatabase } from '../app-database.ts';
import type { CliContext } from '../context.ts';
import { withDatabase } from '../database-session.ts';
import { postgresDriver } from '../drivers.ts';
import { requireStack } from '../page-client.ts';

export interface Queues {
  readonly client: SQSClient;
  readonly table: Topology;
}

const ANOTHER_VERSION = { fix: 'stop that stack and start it again with this version', exitCode: EXIT_DEPENDENCY_DOWN };

/** Throws Problem (exit code 4) when no stack runs there or its queues do not answer. */
export async function withQueues<Result>(
  data: string | undefined,
  context: CliContext,
  work: (queues: Queues) => Promise<Result>,
): Promise<Result> {
  const { dataDir } = await requireStack(data, context);
  const file = lastStackFile(dataDir);
  if (file === null) throw new Problem(`${dataDir}/stack.json is of another version`, ANOTHER_VERSION);
  const client = createSqsClient(queueAccess(file));
  try {
    return await work({ client, table: topology(file.stage) });
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(messageOf(cause), {
      fix: './jules status says how the stack is',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  } finally {
    client.destroy();
  }
}

/** Each call of a method is a transaction of its own. The stack need not run: its database is started for the command. */
export function withQuarantine<Result>(
  data: string | undefined,
  context: CliContext,
  work: (quarantine: <Value>(ask: (of: QuarantineRepository) => Promise<Value>) => Promise<Value>) => Promise<Result>,
): Promise<Result> {
  const request = { data, driver: postgresDriver(null, []), migrates: true };
  return withDatabase(request, context, async (session) => {
    const database = appDatabase(session, 'jules-queues');
    try {
      return await work((ask) => database.transaction(({ quarantine }) => ask(quarantine)));
    } finally {
      await database.close();
    }
  });
}
