/**
 * What can be read: the list of sessions, one session as it stands, the stream of the one in progress, its trades.
 */

import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { formatSessionDate, parseSessionDate } from '../../../shared/domain/calendar/session-date.ts';
import type { ReportDeps } from '../deps.ts';
import { LivePage, loadSession } from './live-page.ts';
import { problem } from './problems.ts';
import { buildPageState } from '../read-models/build-page-state.ts';
import type { PageState } from '../../../shared/read-models/page-state.ts';
import { sessionList } from '../read-models/session-list.ts';
import { fullMessage, type Reader, StreamHub } from './stream-hub.ts';
import { tradesCsv } from './trades-csv.ts';

const SESSIONS_MAX = 400;
const RECONNECT_MS = 1_000;
/** Past the end of every session: asks for its head and no rows. */
const MINUTES_MAX = 390;

interface Address {
  readonly runId: string;
  readonly session: number;
}

export function addReadRoutes(app: Hono, deps: ReportDeps): void {
  const { views, status, logger } = deps;
  const onProblem = (error: unknown) => logger.warn({ error }, 'page has no answer from the database');
  const page = new LivePage({ views, status, onProblem });
  app.get('/api/sessions', async (c) =>
    answer(c, deps, async () => c.json(sessionList(await views.sessions(SESSIONS_MAX)))),
  );
  app.get('/api/snapshot', (c) => answer(c, deps, () => snapshot(c, deps, page)));
  app.get('/api/trades.csv', (c) => answer(c, deps, () => trades(c, deps)));
  if (deps.hasStream === false) refuseStream(app);
  else addStreamRoute(app, new StreamHub(page, deps.clock));
}

/** Turns a database that does not answer into a 503 that says so. */
async function answer(c: Context, deps: ReportDeps, respond: () => Promise<Response>): Promise<Response> {
  try {
    return await respond();
  } catch (error) {
    if (error instanceof RangeError) return problem(c, 400, 'SESSION_INVALID', error.message);
    deps.logger.warn({ error, path: c.req.path }, 'page request without an answer');
    return problem(c, 503, 'DATABASE_AWAY', 'The database does not answer yet. Try again in a moment.');
  }
}

async function snapshot(c: Context, deps: ReportDeps, page: LivePage): Promise<Response> {
  const address = await addressOf(c, deps);
  const state = address === null ? await page.refresh() : await sessionState(deps, address, page);
  if (state === null) return noSuchSession(c);
  return c.json(fullMessage(state, deps.clock.nowMs()));
}

async function sessionState(deps: ReportDeps, address: Address, page: LivePage): Promise<PageState | null> {
  const status = await deps.status();
  if (status.run.runId === address.runId) {
    const newest = await deps.views.head(address.runId);
    if (newest?.session === address.session) return page.refresh();
  }
  const loaded = await loadSession(deps.views, address.runId, address.session);
  return loaded && buildPageState({ status, ...loaded, live: false, waiting: null });
}

async function trades(c: Context, deps: ReportDeps): Promise<Response> {
  const address = await addressOf(c, deps);
  if (address === null) return problem(c, 400, 'SESSION_MISSING', 'Name the session: ?session=YYYY-MM-DD.');
  const known = await deps.views.facts(address.runId, address.session, MINUTES_MAX);
  if (known === null) return noSuchSession(c);
  const rows = await deps.views.trades(address.runId, address.session);
  return c.body(tradesCsv(address.session, rows), 200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="trades-${formatSessionDate(address.session)}.csv"`,
  });
}

/** The session asked for, of the run in progress unless another is named; null when none is. Throws RangeError. */
async function addressOf(c: Context, deps: ReportDeps): Promise<Address | null> {
  const date = c.req.query('session');
  if (date === undefined) return null;
  const session = parseSessionDate(date);
  return { runId: c.req.query('run') ?? (await deps.status()).run.runId, session };
}

function noSuchSession(c: Context): Response {
  return problem(c, 404, 'SESSION_UNKNOWN', 'There is no such session; /api/sessions lists them.');
}

function addStreamRoute(app: Hono, hub: StreamHub): void {
  app.get('/api/stream', (c) => {
    if (hub.isFull) return problem(c, 503, 'READERS_MAX', 'Too many pages are open. Close one and reload.');
    return streamSSE(c, async (stream) => {
      // A write can hang after a disconnect and onAbort may not come, so the request's own signal closes too.
      const { promise: gone, resolve } = Promise.withResolvers<void>();
      const reader = hub.open(resolve);
      const leave = () => reader.close();
      stream.onAbort(leave);
      c.req.raw.signal.addEventListener('abort', leave, { once: true });
      await Promise.race([forward(reader, stream), gone]).finally(leave);
    });
  });
}

/** A browser gives up on a stream that is refused like this, and the page begins to ask. */
function refuseStream(app: Hono): void {
  app.get('/api/stream', (c) =>
    problem(c, 501, 'STREAM_UNAVAILABLE', 'Streams are not available here; ask /api/snapshot.'),
  );
}

async function forward(reader: Reader, stream: { writeSSE(message: { data: string; retry: number }): Promise<void> }) {
  for (;;) {
    const message = await reader.next();
    if (message === null) return;
    await stream.writeSSE({ data: JSON.stringify(message), retry: RECONNECT_MS });
  }
}
