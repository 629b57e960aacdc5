/**
 * Where a process listens and where it finds the others: on loopback, at the ports of the stack file; or where the
 * environment says, as in a container, whose network decides who can reach it.
 *
 * Throws RangeError naming the variable, its value and the fix.
 */

import { isIP } from 'node:net';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = '127.0.0.1';
const PORT_MAX = 65_535;

/** JULES_LISTEN, such as `0.0.0.0:4770`. `defaultPort` is asked only where nothing is said. */
export function listenAddress(env: Environment, defaultPort: () => number): HostAndPort {
  const given = env['JULES_LISTEN'];
  if (!given) return { host: LOOPBACK, port: defaultPort() };
  const [, host = '', digits = ''] = /^\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(given) ?? [];
  const port = Number(digits);
  if (isIP(host) !== 0 && isPort(port)) return { host, port };
  throw new RangeError(`JULES_LISTEN is '${given}': set it to an address and a port, such as 0.0.0.0:4770`);
}

/** JULES_DATABASE, such as `timescale:5432`. */
export function databasePlace(env: Environment, port: number): HostAndPort {
  const given = env['JULES_DATABASE'];
  if (!given) return { host: LOOPBACK, port };
  const [, host = '', digits = ''] = /^([\w.-]+):(\d{1,5})$/.exec(given) ?? [];
  if (host !== '' && isPort(Number(digits))) return { host, port: Number(digits) };
  throw new RangeError(`JULES_DATABASE is '${given}': set it to a host and a port, such as timescale:5432`);
}

/** The URL in `variable`, such as JULES_RUNNER_URL, without a slash at its end. */
export function urlOf(env: Environment, variable: string, port: number): string {
  const given = env[variable] || `http://${LOOPBACK}:${port}`;
  if (/^https?:\/\/[^/\s]/.test(given) && URL.canParse(given)) return given.replace(/\/+$/, '');
  throw new RangeError(`${variable} is '${given}': set it to a URL, such as http://gpu-runner:4770`);
}

function isPort(port: number): boolean {
  return port >= 1 && port <= PORT_MAX;
}
