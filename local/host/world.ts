/**
 * Picks the adapters behind the host: Postgres for handlers and page, the runner over HTTP.
 */

import { type AuditReader, createAuditReader } from '../../shared/adapters/postgres/audit-rows.ts';
import { createPostgresDatabase } from '../../shared/adapters/postgres/database.ts';
import { createPool } from '../../shared/adapters/postgres/pool.ts';
import { createReportViews } from '../../shared/adapters/postgres/report-views.ts';
import type { Database } from '../../shared/ports/repositories.ts';
import type { ReportViews } from '../../shared/ports/report-views.ts';
import { urlOf } from '../../shared/runtime/addresses.ts';
import type { Credentials, StackFile } from '../../shared/runtime/stack-file.ts';
import { fixedLogin } from '../../shared/runtime/with-secret.ts';
import type { HostedFunction } from './host.ts';

/** One connection per poller, one each for sweeper, marks and upkeep, and some to spare. */
const HANDLER_CONNECTIONS_MAX = 8;
const PAGE_CONNECTIONS_MAX = 4;
const RUNNER_TIMEOUT_MS = 3_000;

export interface World {
  readonly database: Database;
  readonly views: ReportViews;
  readonly auditReader: AuditReader;
  functions(): Promise<readonly HostedFunction[]>;
  maintain(): Promise<void>;
  close(): Promise<void>;
}

/** Connects at the first question, so that the page can stand before the database does. */
export function connectWorld({ stack, credentials }: { stack: StackFile; credentials: Credentials }): World {
  const server = { host: '127.0.0.1', port: stack.ports.postgres, database: 'jules' };
  const database = createPostgresDatabase({
    login: fixedLogin({ ...server, username: 'jules_app', password: credentials.app }),
    applicationName: 'host',
    poolMax: HANDLER_CONNECTIONS_MAX,
  });
  const readers = createPool({
    login: fixedLogin({ ...server, username: 'jules_reader', password: credentials.reader }),
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
