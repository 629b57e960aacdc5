/**
 * The embedded queue endpoint: fauxqs in this process, on loopback, kept in SQLite.
 *
 * Throws QueueServerError naming the port or folder that cannot be used.
 */

import { LOCAL_REGION } from '../../../shared/adapters/sqs/client.ts';
import { watchConsumers } from './consumer-watch.ts';
import { loadFauxqs } from './fauxqs-internals.ts';
import { releaseInFlight, repairedPersistence, repairedStore } from './fauxqs-repairs.ts';

export interface QueueServerOptions {
  /** Messages live here and survive a restart. */
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
  /** Queues whose only consumer died with the last process: their messages in flight are released at the start. */
  readonly orphanedQueues?: readonly string[];
}

export interface QueueServer {
  readonly endpoint: string;
  readonly port: number;
  /** Messages that `orphanedQueues` released. */
  readonly releasedAtStart: number;
  stop(): Promise<void>;
}

class QueueServerError extends Error {
  override readonly name = 'QueueServerError';
  readonly code: 'PORT_IN_USE' | 'PORT_REFUSED' | 'DATA_REFUSED';

  constructor(code: QueueServerError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const LOOPBACK = '127.0.0.1';

export async function startQueueServer(options: QueueServerOptions): Promise<QueueServer> {
  const internals = await loadFauxqs();
  const persistence = openData(() => repairedPersistence(internals, options.dataDir), options.dataDir);
  const store = repairedStore(internals);
  persistence.loadSqsAndSns(store, new internals.SnsStore());
  store.persistence = persistence;
  for (const queue of store.allQueues()) queue.persistence = persistence;
  const releasedAtStart = releaseInFlight(store, options.orphanedQueues ?? []);

  const stores = { sqsStore: store, snsStore: new internals.SnsStore(), s3Store: new internals.S3Store() };
  const app = internals.buildApp({
    logger: false,
    defaultRegion: LOCAL_REGION,
    stores: stores as unknown as NonNullable<NonNullable<Parameters<typeof internals.buildApp>[0]>['stores']>,
  });
  const stopping = new AbortController();
  app.addHook('onSend', watchConsumers(store, stopping.signal));
  app.addHook('onClose', async () => persistence.close());

  const { host = LOOPBACK } = options;
  const address = await listen(() => app.listen({ host, port: options.port }), { host, port: options.port }, app);
  return {
    endpoint: address,
    port: Number(new URL(address).port),
    releasedAtStart,
    async stop() {
      stopping.abort();
      await app.close();
    },
  };
}

function openData<Result>(open: () => Result, dataDir: string): Result {
  try {
    return open();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new QueueServerError('DATA_REFUSED', `the queue data in ${dataDir} cannot be opened: ${reason}`, error);
  }
}

async function listen(
  start: () => Promise<string>,
  at: { host: string; port: number },
  app: { close(): PromiseLike<unknown> },
): Promise<string> {
  try {
    return await start();
  } catch (error) {
    await app.close();
    const inUse = (error as { code?: unknown }).code === 'EADDRINUSE';
    const reason = inUse
      ? 'is used by another program: stop it or choose another port'
      : `was refused: ${String(error)}`;
    const code = inUse ? 'PORT_IN_USE' : 'PORT_REFUSED';
    throw new QueueServerError(code, `port ${at.port} on ${at.host} for the queues ${reason}`, error);
  }
}
