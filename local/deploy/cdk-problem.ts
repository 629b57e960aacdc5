/**
 * Turns the output of a failed CDK call into what is wrong and what to do next.
 */

import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, EXIT_USAGE, Problem } from '../problem.ts';
import type { Place } from './place.ts';

interface Known {
  readonly pattern: RegExp;
  readonly wrong: (place: Place, match: RegExpExecArray) => string;
  readonly fix: (place: Place) => string;
  readonly exitCode: number;
}

const LINES_SHOWN = 12;

/** The first that matches; the specific ones come before those that would also match them. */
const KNOWN: readonly Known[] = [
  {
    pattern: /ExpiredToken|security token included in the request is (expired|invalid)|InvalidClientTokenId/i,
    wrong: () => 'the AWS credentials are expired or not valid',
    fix: () => 'log in again (aws sso login, or new keys), then run the command again',
    exitCode: EXIT_DEPENDENCY_DOWN,
  },
  {
    pattern:
      /no credentials have been configured|Unable to resolve AWS account|Could not load credentials|CredentialsProviderError/i,
    wrong: () => 'no AWS credentials were found',
    fix: () => 'log in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    exitCode: EXIT_DEPENDENCY_DOWN,
  },
  {
    pattern:
      /Has the environment been bootstrapped|requires bootstrap stack version|bootstrap-.*(not found|NoSuchBucket)|NoSuchBucket/i,
    wrong: ({ account, region }) => `account ${account} is not bootstrapped for the CDK in ${region}, or too long ago`,
    fix: () => 'run ./jules deploy again, which bootstraps; the login must be allowed to create roles and a bucket',
    exitCode: EXIT_DEPENDENCY_DOWN,
  },
  {
    pattern: /(?:(\S+) already exists)|AlreadyExistsException|QueueAlreadyExists|ResourceExistsException/i,
    wrong: (_place, [, name]) =>
      `something of that name is there already and belongs to no stack of ours${name ? `: ${name}` : ''}`,
    fix: () => 'delete it or rename it; then run ./jules deploy again',
    exitCode: EXIT_FAILED,
  },
  {
    pattern: /ECONNREFUSED|ECONNRESET|socket hang up|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|TimeoutError/,
    wrong: ({ endpoint, region }) => `${endpoint ?? `AWS in ${region}`} stopped answering`,
    fix: ({ endpoint }) =>
      endpoint === null
        ? 'check the network and the region, then run the command again'
        : 'run ./jules deploy again: it restarts the emulator where it has to',
    exitCode: EXIT_DEPENDENCY_DOWN,
  },
  {
    // Our program says it in these words, one line for each key.
    pattern: /(?:^[^\n]*; pass -c \w+=VALUE *\n?)+/m,
    wrong: (_place, [lines = '']) => `the stacks refuse their settings:${shown(settingLines(lines))}`,
    fix: () => 'give what it names, with --set KEY=VALUE for each',
    exitCode: EXIT_USAGE,
  },
];

export function explainCdk(step: string, output: string, place: Place): Problem {
  const failures = failureLines(output);
  for (const { pattern, wrong, fix, exitCode } of KNOWN) {
    const match = pattern.exec(output);
    if (match !== null) {
      return new Problem(`${wrong(place, match)}${shown(failures)}`, { fix: fix(place), exitCode });
    }
  }
  const tail = failures.length > 0 ? failures : output.trim().split('\n').slice(-LINES_SHOWN);
  return new Problem(`cdk ${step} failed${shown(tail)}`, {
    fix: 'correct what it names; then run ./jules deploy again, which repairs',
    exitCode: EXIT_FAILED,
  });
}

/** The resources that failed and why, as CloudFormation tells it. */
function failureLines(output: string): string[] {
  const lines = output.split('\n').filter((line) => /_FAILED\b|^❌|\bfailed: /.test(line));
  return [...new Set(lines.map((line) => line.trim()))].slice(0, LINES_SHOWN);
}

function settingLines(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().replace('; pass -c ', '; give --set '));
}

function shown(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join('');
}
