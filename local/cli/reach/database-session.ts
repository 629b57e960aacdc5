/**
 * The database of a data folder for one command: the running stack's, one that JULES_DATABASE names, or one started for
 * as long as it takes.
 */

import { databasePlace, type HostAndPort } from '../../../shared/runtime/addresses.ts';
import { openDataDir, defaultDataDir } from '../../stack/data-dir.ts';
import type { DatabaseDriver, DatabaseOptions } from '../../stack/database-service.ts';
import { acquireLock, type Holder } from '../../stack/lock.ts';
import { freePorts } from '../../stack/ports.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_USAGE, messageOf, Problem } from '../../problem.ts';
import { lastStackFile } from '../../stack/stack-store.ts';
import type { CliContext } from '../context.ts';
import { loginsOf, secretsOfStack } from './stack-secrets.ts';

export interface DatabaseSession extends DatabaseOptions {
  /** True: a running stack's database, which migrates at its own start. */
  readonly isShared: boolean;
}

export interface DatabaseRequest {
  readonly data: string | undefined;
  readonly driver: DatabaseDriver;
  /** Brings the schema up to date first, where the database is started for this command. */
  readonly migrates: boolean;
}

/** What a folder is held for while its database runs for all. */
const RUNNING = new Set<Holder['purpose'] | undefined>(['start', 'replay']);

/** Throws Problem when the folder is not ours, or its database cannot be started. */
export async function withDatabase<Result>(
  request: DatabaseRequest,
  context: CliContext,
  work: (session: DatabaseSession) => Promise<Result>,
): Promise<Result> {
  const dataDir = openDataDir(request.data ?? context.env['JULES_DATA'] ?? defaultDataDir(context.env));
  const elsewhere = serverElsewhere(dataDir, context);
  if (elsewhere !== null) return work(elsewhere);
  const lock = await acquireLock(dataDir, 'database', Date.now());
  if (lock.kind === 'held') {
    const port = lastStackFile(dataDir)?.ports.postgres;
    if (port === undefined || !RUNNING.has(lock.holder?.purpose)) throw inUse(dataDir);
    return work({ dataDir, secrets: secretsOfStack(dataDir), port, isShared: true });
  }
  try {
    const port = (await freePorts(1))[0]!;
    const secrets = await loginsOf({ dataDir, port }, context);
    return await withServer({ dataDir, secrets, port, isShared: false }, request, work);
  } finally {
    await lock.lock.release();
  }
}

/** Null: the database is this machine's. */
function serverElsewhere(dataDir: string, { env }: CliContext): DatabaseSession | null {
  if (!env['JULES_DATABASE']) return null;
  return { ...databaseAt(env, 0), dataDir, secrets: secretsOfStack(dataDir, env), isShared: true };
}

/** What JULES_DATABASE says. Throws Problem. */
export function databaseAt(env: CliContext['env'], port: number): HostAndPort {
  try {
    return databasePlace(env, port);
  } catch (cause) {
    const [wrong = '', fix = ''] = messageOf(cause).split(/(?<='): /);
    throw new Problem(wrong, { fix, exitCode: EXIT_USAGE, cause });
  }
}

async function withServer<Result>(
  session: DatabaseSession,
  { driver, migrates }: DatabaseRequest,
  work: (session: DatabaseSession) => Promise<Result>,
): Promise<Result> {
  const server = await driver.start(session).catch((cause: unknown) => {
    if (cause instanceof Problem) throw cause;
    throw new Problem(`the database of ${session.dataDir} did not start: ${messageOf(cause)}`, {
      fix: `./jules doctor --data ${session.dataDir} checks what it needs`,
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  });
  try {
    if (migrates) await driver.prepare(session);
    return await work(session);
  } finally {
    await server.stop();
  }
}

function inUse(dataDir: string): Problem {
  return new Problem(`the data folder ${dataDir} is in use`, {
    fix: 'wait until the other command is done',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}
