/**
 * How the commands reach the queues and the quarantine of a stack.
 */

import type { SQSClient } from '@aws-sdk/client-sqs';
import { queueAccess, type QueuePlace } from '../../../../shared/adapters/sqs/access.ts';
import { createSqsClient } from '../../../../shared/adapters/sqs/client.ts';
import type { QuarantineRepository } from '../../../../shared/ports/repositories/messages.ts';
import { type StageName, topology, type Topology } from '../../../../shared/topology.ts';
import { readTargetFile, requireDeployed, type TargetFile } from '../../../deploy/target-file.ts';
import type { TargetName } from '../../../deploy/targets.ts';
import { defaultDataDir, openDataDir } from '../../../stack/data-dir.ts';
import { findHolder } from '../../../stack/lock.ts';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../../../problem.ts';
import { lastStackFile } from '../../../stack/stack-store.ts';
import { appDatabase } from '../../reach/app-database.ts';
import type { CliContext } from '../../context.ts';
import { withDatabase } from '../../reach/database-session.ts';
import { postgresDriver } from '../../reach/embedded-postgres.ts';
import { requireStack } from '../../reach/page-client.ts';

export interface Queues {
  readonly client: SQSClient;
  readonly table: Topology;
  /** Null: those of a stack that runs on the folder, whose database is at hand. */
  readonly target: TargetName | null;
}

/** Whose queues a command means. */
export interface QueuesOf {
  readonly data?: string;
  /** The target that is deployed from the folder, also while a stack runs on it. */
  readonly target?: TargetName;
}

interface Site extends QueuePlace {
  readonly stage: StageName;
  readonly target: Queues['target'];
}

/**
 * The queues of the stack that runs on the folder; where none does, those of the target that is deployed from it.
 *
 * Throws Problem (exit code 4) when there is neither, or the queues do not answer.
 */
export async function withQueues<Result>(
  of: QueuesOf,
  context: CliContext,
  work: (queues: Queues) => Promise<Result>,
): Promise<Result> {
  return onSite((await targetSite(of, context)) ?? (await stackSite(of.data, context)), work);
}

/** As `withQueues`, never a target's: what goes together with the database of the folder. */
export async function withQueuesOfStack<Result>(
  data: string | undefined,
  context: CliContext,
  work: (queues: Queues) => Promise<Result>,
): Promise<Result> {
  return onSite(await stackSite(data, context), work);
}

async function onSite<Result>(site: Site, work: (queues: Queues) => Promise<Result>): Promise<Result> {
  const client = createSqsClient(queueAccess(site));
  try {
    return await work({ client, table: topology(site.stage), target: site.target });
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(messageOf(cause), { fix: fixOf(site), exitCode: EXIT_DEPENDENCY_DOWN, cause });
  } finally {
    client.destroy();
  }
}

function fixOf({ target }: Site): string {
  if (target === null) return './jules status shows which part is down';
  return `./jules status says how the target is, and ./jules deploy --target ${target} repairs it`;
}

async function stackSite(data: string | undefined, context: CliContext): Promise<Site> {
  const { dataDir } = await requireStack(data, context);
  const file = lastStackFile(dataDir);
  if (file === null) throw new Problem(`${dataDir}/stack.json is of another version`, ANOTHER_VERSION);
  return { ...file, target: null };
}

const ANOTHER_VERSION = { fix: 'stop that stack and start it again with this version', exitCode: EXIT_DEPENDENCY_DOWN };

/** Null: the stack is meant, or nothing is deployed from the folder. */
async function targetSite({ data, target: wanted }: QueuesOf, { env }: CliContext): Promise<Site | null> {
  const dataDir = openDataDir(data ?? defaultDataDir(env));
  if (wanted !== undefined) return siteOf(requireDeployed(wanted, dataDir));
  if ((await findHolder(dataDir)) !== null) return null;
  const target = readTargetFile(dataDir);
  return target === null ? null : siteOf(target);
}

function siteOf({ target, endpoint, region, timing }: TargetFile): Site {
  const messaging = { kind: 'endpoint', target, endpoint, region } as const;
  // A target's queues have an address of their own.
  return { messaging, ports: { queues: 0 }, stage: timing, target };
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
