/**
 * The one route that changes state: halt, flatten or arm, with a reason, for who holds the token.
 *
 * A page of another site cannot send the authorization header, so a stolen click is worth nothing.
 */

import type { Context, Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { bearerToken } from './access.ts';
import type { ReportDeps } from '../deps.ts';
import { problem } from './problems.ts';

const COMMAND_BYTES_MAX = 4 * 1024;
/** What was asked for, left for the audit. */
const ASKED = 'asked';

const commandBody = z.strictObject({
  command: z.enum(['halt', 'flatten', 'arm']),
  reason: z.string().trim().min(1).max(200),
});

/** Goes before whatever may refuse a command, since a refusal is what one wants to know of. */
export function auditedCommands({ audit }: ReportDeps): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.req.method !== 'POST') return;
    const { status } = c.res;
    const outcome = status < 400 ? 'accepted' : status < 500 ? 'refused' : 'failed';
    const detail = (c.get(ASKED) as string | undefined) ?? '';
    audit.record({ method: c.req.method, route: c.req.path, outcome, status, detail });
  };
}

export function addCommandRoute(app: Hono, deps: ReportDeps): void {
  const tooLarge = (c: Context) =>
    problem(c, 413, 'BODY_TOO_LARGE', `A command is at most ${COMMAND_BYTES_MAX} bytes.`);
  app.post('/api/commands', bearerToken(deps), bodyLimit({ maxSize: COMMAND_BYTES_MAX, onError: tooLarge }), (c) =>
    command(c, deps),
  );
}

async function command(c: Context, deps: ReportDeps): Promise<Response> {
  if (!/^application\/json\b/.test(c.req.header('content-type') ?? '')) {
    return problem(c, 415, 'JSON_EXPECTED', 'Send the command as application/json.');
  }
  const parsed = commandBody.safeParse(await c.req.json().catch(() => null));
  if (!parsed.success) return problem(c, 400, 'COMMAND_INVALID', z.prettifyError(parsed.error));
  c.set(ASKED, `${parsed.data.command}: ${parsed.data.reason}`);
  const issuedAtMs = Math.round(deps.clock.nowMs());
  try {
    await deps.commands.send({ ...parsed.data, operator: 'page', issuedAtMs });
  } catch (error) {
    deps.logger.warn({ error, command: parsed.data.command }, 'command was not taken');
    return problem(c, 503, 'QUEUE_AWAY', 'The queue did not take the command. Nothing was sent; try again.');
  }
  deps.logger.info({ command: parsed.data.command, reason: parsed.data.reason }, 'command sent from the page');
  return c.json({ accepted: parsed.data.command, issuedAtMs }, 202);
}
