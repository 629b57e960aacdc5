/**
 * Talks to the page of the stack that runs on a data folder.
 */

import { SECRETS } from '../../../shared/topology.ts';
import { defaultDataDir, openDataDir } from '../../stack/data-dir.ts';
import { findHolder, type Holder } from '../../stack/lock.ts';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../../problem.ts';
import type { CliContext } from '../context.ts';

const TIMEOUT_MS = 10_000;

export interface RunningStack {
  readonly dataDir: string;
  readonly holder: Holder;
  /** Of the page, with a slash at its end. */
  readonly url: string;
}

/** Throws Problem (exit code 4) when no stack runs there. */
export async function requireStack(data: string | undefined, context: CliContext): Promise<RunningStack> {
  const dataDir = openDataDir(data ?? defaultDataDir(context.env));
  const holder = await findHolder(dataDir);
  if (holder?.url) return { dataDir, holder, url: holder.url };
  throw new Problem(holder === null ? `no stack runs on ${dataDir}` : `the stack on ${dataDir} is still starting`, {
    fix:
      holder === null ? 'start it with ./jules start, or name another folder with --data DIR' : 'try again in a moment',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

/** How a person gets the token that the page asks for. */
export function tokenCommand(dataDir: string): string {
  return `./jules secrets get ${SECRETS.pageToken.name} --reveal --data ${dataDir} shows it`;
}

export interface PageReply {
  readonly status: number;
  readonly body: unknown;
}

export async function callPage(url: URL, init: RequestInit = {}): Promise<PageReply> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    return { status: response.status, body: parseJson(text) };
  } catch (cause) {
    throw new Problem(`the page on ${url.origin} does not answer: ${messageOf(cause)}`, {
      fix: './jules status shows which part is down',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
