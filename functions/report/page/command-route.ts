/**
 * The one route that changes state: halt, flatten or arm, with a reason, for who holds the token.
 *
 * A page of another site cannot send the authorization header, so a stolen click is worth nothing.
 */

import type { Context, Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { type CommandData, REASON_MAX } from '../../../shared/contracts/command.v2.ts';
import { outcomeText } from '../../../shared/read-models/outcome-text.ts';
import { bearerToken } from './access.ts';
import type { ReportDeps } from '../deps.ts';
import { problem } from './problems.ts';

const COMMAND_BYTES_MAX = 4 * 1024;
/** What was asked for, left for the audit. */
const ASKED = 'asked';

const who = {
  reason: z.string().trim().min(1).max(REASON_MAX),
  /** Absent: the page itself. */
  operator: z
    .string()
    .regex(/^cli:uid-\d{1,10}$/)
    .optional(),
};

const commandBody = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('halt'), ...who }),
  z.strictObject({ command: z.literal('flatten'), ...who }),
  z.strictObject({
    command: z.literal('arm'),
    /** The finding of a broken audit that the operator accepts. */
    acceptAudit: z.string().trim().min(1).max(REASON_MAX).optional(),
    ...who,
  }),
]);
type CommandBody = z.infer<typeof commandBody>;

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
  app.get('/api/commands/outcome', (c) => readOutcome(c, deps));
}

/** What came of a command, by the id that it was answered with, and in words; null: risk has not said yet. */
async function readOutcome(c: Context, { views, logger }: ReportDeps): Promise<Response> {
  const id = c.req.query('id') ?? '';
  if (id === '') return problem(c, 400, 'COMMAND_ID_MISSING', 'Name the command: ?id=…, from the answer to it.');
  try {
    const outcome = await views.commandOutcome(id);
    return c.json({ id, outcome, text: outcome && outcomeText(outcome) });
  } catch (error) {
    logger.warn({ error, id }, 'outcome of a command was not read');
    return problem(c, 503, 'DATABASE_AWAY', 'The database does not answer yet. Try again in a moment.');
  }
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
    const id = await deps.commands.send(commandOf(parsed.data, issuedAtMs));
    deps.logger.info({ command: parsed.data.command, reason: parsed.data.reason }, 'command sent from the page');
    return c.json({ accepted: parsed.data.command, issuedAtMs, id }, 202);
  } catch (error) {
    deps.logger.warn({ error, command: parsed.data.command }, 'command was not taken');
    return problem(c, 503, 'QUEUE_AWAY', 'The queue did not take the command. Nothing was sent; try again.');
  }
}

function commandOf(body: CommandBody, issuedAtMs: number): CommandData {
  const { reason, operator = 'page' } = body;
  const given = { reason, operator, issuedAtMs };
  if (body.command === 'halt') return { command: 'halt', cause: 'OPERATOR_HALT', ...given };
  if (body.command === 'flatten') return { command: 'flatten', ...given };
  return { command: 'arm', acceptAudit: body.acceptAudit ?? null, ...given };
}
