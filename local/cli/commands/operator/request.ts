/**
 * What an operator's command says, checked before anything is sent.
 */

import { userInfo } from 'node:os';
import { REASON_MAX } from '../../../../shared/contracts/command.v2.ts';
import { EXIT_USAGE, Problem } from '../../../problem.ts';
import { usageProblem } from '../../options/option-parsers.ts';

export type OperatorCommand = 'halt' | 'flatten' | 'arm';

export interface OperatorOptions {
  readonly reason: string;
  /** Of `arm`: the finding of a broken audit log that the operator accepts. */
  readonly acceptAudit?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export interface CommandBody {
  readonly command: OperatorCommand;
  readonly reason: string;
  readonly operator: string;
  readonly acceptAudit?: string;
}

/** Throws Problem. */
export function commandBody(command: OperatorCommand, { reason, acceptAudit }: OperatorOptions): CommandBody {
  const body = { command, reason: checkText('--reason', reason), operator: `cli:uid-${userInfo().uid}` };
  if (acceptAudit === undefined) return body;
  return { ...body, acceptAudit: checkText('--accept-audit', acceptAudit) };
}

function checkText(option: string, given: string): string {
  const text = given.trim();
  if (text === '') throw usageProblem(option, given, 'is empty', 'say it in a few words');
  if (text.length <= REASON_MAX) return text;
  throw new Problem(`${option}: has ${text.length} characters`, {
    fix: `use at most ${REASON_MAX}`,
    exitCode: EXIT_USAGE,
  });
}
