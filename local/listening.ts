/**
 * Waits until a server listens. A port that cannot be used is named, with what wanted it and what can be done.
 */

import { once } from 'node:events';
import type { Server } from 'node:http';

export class PortError extends Error {
  override readonly name = 'PortError';
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Whose port it is, such as `the page`. */
  readonly what: string;
}

/** The port that it listens on; another than the one asked for where that was 0. Throws PortError. */
export async function portOf(server: Server, { host, port, what }: Listening): Promise<number> {
  try {
    await once(server, 'listening');
  } catch (error) {
    const inUse = (error as { code?: unknown }).code === 'EADDRINUSE';
    const reason = inUse
      ? 'is used by another program: stop it or choose another port'
      : `was refused: ${String(error)}`;
    throw new PortError(`port ${port} on ${host} for ${what} ${reason}`, { cause: error });
  }
  return (server.address() as { port: number }).port;
}
