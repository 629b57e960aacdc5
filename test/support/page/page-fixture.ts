/**
 * The real page served over fake views: a stack that a test can move, halt, stop and finish as it likes.
 */

import { serve } from '@hono/node-server';
import { createReportApp } from '../../../functions/report/page/app.ts';
import type { ReportDeps } from '../../../functions/report/deps.ts';
import type { CommandData } from '../../../shared/contracts/command.v2.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Logger } from '../../../shared/ports/logger.ts';
import type { StackStatus } from '../../../shared/ports/stack-status.ts';
import { acceptsOnly } from '../secrets/fixed-secrets.ts';
import { FakeReportViews, fakeStatus, type FakeViewsOptions } from './fake-report-views.ts';

export const PAGE_TOKEN = 'test-token-0123456789';

export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface PageFixture {
  readonly views: FakeReportViews;
  readonly sent: CommandData[];
  readonly server: PageServer;
  readonly url: string;
  status: StackStatus;
}

const WALL_CLOCK: Clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
};

export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};

/** What the page's application needs, over these views and nothing that listens. */
export function pageDeps(views: FakeReportViews): ReportDeps {
  return {
    views,
    commands: { send: async () => 'command/1' },
    audit: { record: () => undefined },
    status: async () => fakeStatus({ run: views.config }),
    token: acceptsOnly(PAGE_TOKEN),
    clock: WALL_CLOCK,
    logger: SILENT,
    allowedHosts: [],
  };
}

export interface PageOptions extends Omit<FakeViewsOptions, 'kind'> {
  readonly status?: Partial<StackStatus>;
  /** How old the newest minute is and stays; null: it was new when the page was asked for, and grows old. */
  readonly ageMs?: number | null;
  /** False: as behind a function URL, where nothing stays open. */
  readonly hasStream?: boolean;
}

export async function startPage(options: PageOptions): Promise<PageFixture> {
  const views = new FakeReportViews({ ...options, kind: options.status?.kind ?? 'paper' });
  const { ageMs = 0 } = options;
  views.updatedAtMs = Date.now() - (ageMs ?? 0);
  const sent: CommandData[] = [];
  const deps: ReportDeps = {
    ...pageDeps(views),
    commands: {
      send: async (command: CommandData) => {
        sent.push(command);
        return `command/${sent.length}`;
      },
    },
    status: async () => {
      if (ageMs !== null) views.updatedAtMs = Date.now() - ageMs;
      return fixture.status;
    },
    hasStream: options.hasStream ?? true,
  };
  const server = await servePage(deps, 0);
  const url = `http://127.0.0.1:${server.port}`;
  const status = fakeStatus({ run: views.config, ...options.status });
  const fixture: PageFixture = { views, sent, server, url, status };
  return fixture;
}

/** Serves the page on loopback, on any free port unless one is named. */
function servePage(deps: ReportDeps, port: number): Promise<PageServer> {
  const { promise, resolve, reject } = Promise.withResolvers<PageServer>();
  const server = serve({ fetch: createReportApp(deps).fetch, hostname: '127.0.0.1', port }, (address) => {
    resolve({ port: address.port, close });
  });
  server.once('error', reject);
  return promise;

  async function close(): Promise<void> {
    const closed = new Promise<void>((done) => server.close(() => done()));
    // Streams stay open for as long as somebody looks at the page.
    if ('closeAllConnections' in server) server.closeAllConnections();
    await closed;
  }
}
