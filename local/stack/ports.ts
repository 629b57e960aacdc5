/**
 * Finds free loopback ports. They lie below the range that the kernel hands to outgoing connections, so that no
 * client takes one between the check and the start of its server.
 */

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { EXIT_USAGE, Problem } from '../problem.ts';

export const PAGE_PORT = 4_750;
const FIRST_PORT = 20_000;
const LAST_PORT = 31_999;
const ATTEMPTS_MAX = 200;

/** `count` different free ports. Throws Problem when there are none. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < ATTEMPTS_MAX && found.size < count; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  if (found.size === count) return [...found];
  throw new Problem(`no ${count} free ports between ${FIRST_PORT} and ${LAST_PORT} on 127.0.0.1`, {
    fix: 'stop programs that listen there (ss -ltn lists them)',
    exitCode: EXIT_USAGE,
  });
}

export interface PagePort {
  readonly port: number;
  /** The port that was preferred and taken; null when the page has it. */
  readonly insteadOf: number | null;
}

/** The wanted port, which must be free; without one 4750, or a free one when that is taken. Throws Problem. */
export async function pickPagePort(wanted: number | null): Promise<PagePort> {
  const preferred = wanted ?? PAGE_PORT;
  if (await isFree(preferred)) return { port: preferred, insteadOf: null };
  if (wanted === null) return { port: (await freePorts(1))[0]!, insteadOf: preferred };
  throw new Problem(`--port: ${wanted} is taken by another program on 127.0.0.1`, {
    fix: `stop it (ss -ltnp 'sport = :${wanted}' names it), or leave --port out to get a free one`,
    exitCode: EXIT_USAGE,
  });
}

export function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
