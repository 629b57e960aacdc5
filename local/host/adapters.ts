/**
 * Picks the adapters behind the host: Postgres for handlers and page, the runner over HTTP, the secrets of the stack.
 */

import { type AuditReader, createAuditReader } from '../../shared/adapters/postgres/audit/audit-rows.ts';
import { createPostgresDatabase } from '../../shared/adapters/postgres/connection/database.ts';
import { createPool } from '../../shared/adapters/postgres/connection/pool.ts';
import { createReportViews } from '../../shared/adapters/postgres/report/report-views.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Database } from '../../shared/ports/repositories.ts';
import type { ReportViews } from '../../shared/ports/report-views.ts';
import type { Secrets } from '../../shared/ports/secrets.ts';
import { readAccessKey } from '../../shared/runtime/access-key-file.ts';
import { urlOf } from '../../shared/runtime/addresses.ts';
import { lazySecrets } from '../../shared/runtime/lazy-secrets.ts';
import type { StackFile } from '../../shared/runtime/stack-file.ts';
import { databaseLogin, serviceToken } from '../../shared/runtime/with-secret.ts';
import { SECRETS, topology } from '../../shared/topology.ts';
import type { HostedFunction } from './host.ts';

/** One connection per poller, one each for sweeper, marks and upkeep, and some to spare. */
const HANDLER_CONNECTIONS_MAX = 8;
const PAGE_CONNECTIONS_MAX = 4;
const RUNNER_TIMEOUT_MS = 3_000;

export interface HostAdapters {
  readonly database: Database;
  readonly views: ReportViews;
  readonly auditReader: AuditReader;
  functions(): Promise<readonly HostedFunction[]>;
  maintain(): Promise<void>;
  close(): Promise<void>;
}

/** The SDK is loaded with the first question, so that the page stands before it does. */
export function secretsOfStack({
  stack,
  dataDir,
  clock,
}: {
  readonly stack: StackFile;
  readonly dataDir: string;
  readonly clock: Clock;
}): Secrets {
  return lazySecrets(async () => {
    const { createEndpointSecrets } = await import('../../shared/adapters/secrets/secrets-manager.ts');
    const endpoint = urlOf(process.env, 'AWS_ENDPOINT_URL_SECRETS_MANAGER', stack.ports.secrets);
    const ttlMs = topology(stack.stage).secretCacheMs;
    return createEndpointSecrets({ endpoint, credentials: readAccessKey(dataDir), clock, ttlMs });
  });
}

/** Connects at the first question, so that the page can stand before the database does. */
export function connectHostAdapters({ stack, secrets }: { stack: StackFile; secrets: Secrets }): HostAdapters {
  const database = createPostgresDatabase({
    login: databaseLogin({ secrets, name: SECRETS.databaseApp.name }),
    applicationName: 'host',
    poolMax: HANDLER_CONNECTIONS_MAX,
  });
  const readers = createPool({
    login: databaseLogin({ secrets, name: SECRETS.databaseReader.name }),
    applicationName: 'page',
    poolMax: PAGE_CONNECTIONS_MAX,
  });
  return {
    database,
    views: createReportViews(readers),
    auditReader: createAuditReader(readers),
    async functions() {
      const [{ createIngest }, { createSignal }, { createRisk }, { createHttpRunner }] = await Promise.all([
        import('../../functions/ingest/handler.ts'),
        import('../../functions/signal/handler.ts'),
        import('../../functions/risk/handler.ts'),
        import('../../shared/adapters/runner/http-runner.ts'),
      ]);
      const runner = createHttpRunner({
        baseUrl: urlOf(process.env, 'JULES_RUNNER_URL', stack.ports.runner),
        timeoutMs: RUNNER_TIMEOUT_MS,
        token: serviceToken({ secrets, name: SECRETS.runnerToken.name }),
      });
      return [
        { consumer: 'ingest', routes: createIngest() },
        { consumer: 'signal', routes: createSignal({ runner }) },
        { consumer: 'risk', routes: createRisk() },
      ];
    },
    maintain: () => database.maintain(Date.now()),
    close: () => readers.end(),
  };
}
