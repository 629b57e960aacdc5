/**
 * Sends an operator's command to the page of the running stack, with the token of its secrets, and says what came of it.
 */

import type { CommandOutcome } from '../../../../shared/domain/risk/command-outcome.ts';
import { EXIT_FAILED, EXIT_OK, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { callPage, type PageReply, requireStack, type RunningStack } from '../../reach/page-client.ts';
import { pageTokenOf } from '../../reach/stack-secrets.ts';
import { askPage, readSnapshot } from '../../shell/page-snapshot.ts';
import { AFTER_THE_LAST, awaitOutcome, type Call, outcomeLine } from './outcome.ts';
import { type CommandBody, commandBody, type OperatorCommand, type OperatorOptions } from './request.ts';

export async function sendCommand(
  command: OperatorCommand,
  options: OperatorOptions,
  context: CliContext,
): Promise<number> {
  const body = commandBody(command, options);
  const stack = await requireStack(options.data, context);
  const token = await pageTokenOf(stack.dataDir);
  const call = (path: string, init?: RequestInit) => callPage(new URL(path, stack.url), init);
  const accepted = await post(body, token, call);
  const outcome = await awaitOutcome(accepted.id, call);
  if (options.json) context.terminal.out(JSON.stringify({ ...accepted, outcome }));
  else for (const line of await answerLines(command, outcome, stack)) context.terminal.out(line);
  return outcome?.result === 'refused' ? EXIT_FAILED : EXIT_OK;
}

async function answerLines(
  command: OperatorCommand,
  outcome: CommandOutcome | null,
  { url }: RunningStack,
): Promise<string[]> {
  const snapshot = await readSnapshot(askPage(url));
  const isOver = outcome !== null && snapshot?.state.stack.phase === 'finished';
  return [outcomeLine(command, outcome, url), ...(isOver ? [AFTER_THE_LAST] : [])];
}

interface Accepted {
  readonly accepted: OperatorCommand;
  readonly issuedAtMs: number;
  readonly id: string;
}

async function post(body: CommandBody, token: string, call: Call): Promise<Accepted> {
  const reply = await call('/api/commands', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (reply.status >= 300) throw refused(body.command, reply);
  return reply.body as Accepted;
}

function refused(command: string, { status, body }: PageReply): Problem {
  const said = (body as { error?: { message?: string } | string } | null)?.error;
  const message = typeof said === 'string' ? said : (said?.message ?? `status ${status}`);
  return new Problem(`the page refused ${command}: ${message}`, {
    fix: './jules status shows which part is down',
    exitCode: EXIT_FAILED,
  });
}
