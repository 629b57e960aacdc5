/**
 * Asks an endpoint which emulator it is and of which version, before anything is sent to it.
 *
 * Throws Problem when nobody listens, when it does not answer in time, when it is something else, or when it is too old.
 */

import { connect } from 'node:net';
import * as z from 'zod';
import { EXIT_DEPENDENCY_DOWN, EXIT_USAGE, messageOf, Problem } from '../problem.ts';
import { TARGET_TITLES, type EmulatorName } from './targets.ts';

export interface FoundEmulator {
  readonly name: EmulatorName;
  readonly version: string;
  /** True where the emulator can start containers, and so functions. */
  readonly hasContainers: boolean;
}

/** What the recipes of this repository were tried with; older ones drop constructs that the stacks need. */
const OLDEST: Readonly<Record<EmulatorName, string>> = { ministack: '1.5.33', localstack: '4.14.0' };
const PROBE_TIMEOUT_MS = 5_000;

const health = z.looseObject({ version: z.string().min(1), ready_scripts: z.unknown().optional() });
const info = z.looseObject({ is_docker: z.boolean() });

export async function probeEmulator(
  wanted: EmulatorName,
  endpoint: string,
  timeoutMs: number = PROBE_TIMEOUT_MS,
): Promise<FoundEmulator> {
  const found = identify(await readJson(new URL('/_localstack/health', endpoint), timeoutMs), endpoint);
  if (found.name !== wanted) throw isAnother(found, endpoint);
  if (isOlder(found.version, OLDEST[wanted])) throw isTooOld(found, endpoint);
  const hasContainers = wanted === 'localstack' && (await runsInContainer(endpoint, timeoutMs));
  return { ...found, hasContainers };
}

/** Whether anybody takes connections there; what they are, `probeEmulator` asks. */
export function isListening(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: hostname, port: Number(port || 80), timeout: PROBE_TIMEOUT_MS });
  socket.once('connect', () => resolve(true));
  socket.once('timeout', () => resolve(false));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

/** Both answer this route; what MiniStack says of its start-up scripts, LocalStack does not know. */
function identify(answer: unknown, endpoint: string): { name: EmulatorName; version: string } {
  const parsed = health.safeParse(answer);
  if (!parsed.success) {
    throw new Problem(`${endpoint} answers, and is neither MiniStack nor LocalStack`, {
      fix: 'give the address of an emulator with --endpoint, or leave it out to have one started',
      exitCode: EXIT_USAGE,
    });
  }
  const name = parsed.data.ready_scripts === undefined ? 'localstack' : 'ministack';
  return { name, version: parsed.data.version };
}

/** LocalStack in a container is started with the Docker socket; from PyPI it has none. */
async function runsInContainer(endpoint: string, timeoutMs: number): Promise<boolean> {
  const parsed = info.safeParse(await readJson(new URL('/_localstack/info', endpoint), timeoutMs));
  return parsed.success && parsed.data.is_docker;
}

async function readJson(url: URL, timeoutMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    return parseJson(text);
  } catch (cause) {
    throw isSilent(url, timeoutMs, cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isSilent(url: URL, timeoutMs: number, cause: unknown): Problem {
  const hangs = cause instanceof Error && cause.name === 'TimeoutError';
  const wrong = hangs
    ? `takes connections and did not answer within ${timeoutMs / 1_000} s`
    : `does not answer: ${reasonOf(cause)}`;
  return new Problem(`${url.origin} ${wrong}`, {
    fix: hangs
      ? 'the emulator hangs: end its process, then deploy again'
      : 'start the emulator, correct --endpoint, or leave --endpoint out to have one started',
    exitCode: EXIT_DEPENDENCY_DOWN,
    cause,
  });
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error ? (error.cause ?? error) : error;
  const { code } = inner as { code?: unknown };
  if (code === 'ECONNREFUSED') return 'nobody listens there';
  return messageOf(inner);
}

function isAnother(found: { name: EmulatorName; version: string }, endpoint: string): Problem {
  const title = TARGET_TITLES[found.name];
  return new Problem(`${endpoint} is ${title} ${found.version}`, {
    fix: `deploy to it with --target ${found.name}, or give another --endpoint`,
    exitCode: EXIT_USAGE,
  });
}

function isTooOld(found: { name: EmulatorName; version: string }, endpoint: string): Problem {
  const title = TARGET_TITLES[found.name];
  const oldest = OLDEST[found.name];
  return new Problem(`${endpoint} is ${title} ${found.version}; ${oldest} or newer is needed`, {
    fix: `stop it and leave --endpoint out to have ${title} ${oldest} started, or update it`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

/** Dotted numbers, compared number by number; what is not a number counts as newer (a build of the day). */
function isOlder(version: string, oldest: string): boolean {
  const [have, need] = [version, oldest].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const at = need.findIndex((part, index) => have[index] !== part);
  return at >= 0 && (have[at] ?? 0) < need[at]!;
}
