/**
 * Sends an operator's command to the page of the running stack, with the token of its secrets.
 */

import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { callPage, requireStack } from '../../reach/page-client.ts';
import { pageTokenOf } from '../../reach/stack-secrets.ts';
import { usageProblem } from '../../options/option-parsers.ts';

export type OperatorCommand = 'halt' | 'flatten' | 'arm';

export interface OperatorOptions {
  readonly reason: string;
  readonly data?: string;
  readonly json?: boolean;
}

const REASON_LENGTH_MAX = 200;

export async function sendCommand(
  command: OperatorCommand,
  options: OperatorOptions,
  context: CliContext,
): Promise<number> {
  const reason = checkReason(options.reason);
  const stack = await requireStack(options.data, context);
  const pageToken = await pageTokenOf(stack.dataDir);
  const reply = await callPage(new URL('/api/commands', stack.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${pageToken}` },
    body: JSON.stringify({ command, reason }),
  });
  if (reply.status >= 300) throw refused(command, reply.status, reply.body);
  if (options.json) context.terminal.out(JSON.stringify(reply.body));
  else context.terminal.out(`${command} was sent; ${stack.url} shows what it does`);
  return EXIT_OK;
}

function checkReason(reason: string): string {
  const text = reason.trim();
  if (text === '') throw usageProblem('--reason', reason, 'is empty', 'say why, in a few words');
  if (text.length <= REASON_LENGTH_MAX) return text;
  throw new Problem(`--reason: has ${text.length} characters`, {
    fix: `use at most ${REASON_LENGTH_MAX}`,
    exitCode: EXIT_USAGE,
  });
}

function refused(command: string, status: number, body: unknown): Problem {
  const said = (body as { error?: { message?: string } | string } | null)?.error;
  const message = typeof said === 'string' ? said : (said?.message ?? `status ${status}`);
  return new Problem(`${command} was refused: ${message}`, {
    fix: './jules status says how the stack is',
    exitCode: EXIT_FAILED,
  });
}
