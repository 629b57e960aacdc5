/**
 * The docker client of this suite: one daemon, BuildKit, and a name on everything that is made, so that it can be removed.
 */

import { attempt, type CommandOptions, type Outcome, run } from './command.ts';

export interface Docker {
  readonly client: string;
  /** As in DOCKER_HOST; null: the client's own default. */
  readonly host: string | null;
  /** True: the daemon was started for this suite and has no way out of its networks. */
  readonly isOwn: boolean;
  /** What a command line tool beside the client needs to reach the same daemon. */
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: CommandOptions): Promise<string>;
  attempt(args: readonly string[], options?: CommandOptions): Promise<Outcome>;
}

const CLIENTS = ['docker', '/usr/bin/docker'];
/** From this version on the client builds through its buildx plugin alone. */
const BUILDX_SINCE = 23;

export function createDocker(client: string, { host, isOwn }: Pick<Docker, 'host' | 'isOwn'>): Docker {
  const env = { DOCKER_BUILDKIT: '1', ...(host === null ? {} : { DOCKER_HOST: host }) };
  const withEnv = (options: CommandOptions = {}) => ({ ...options, env: { ...env, ...options.env } });
  return {
    client,
    host,
    isOwn,
    env,
    run: (args, options) => run([client, ...args], withEnv(options)),
    attempt: (args, options) => attempt([client, ...args], withEnv(options)),
  };
}

/** A client that can build with BuildKit; null when there is none. */
export async function findClient(): Promise<string | null> {
  for (const client of CLIENTS) if (await canBuild(client)) return client;
  return null;
}

async function canBuild(client: string): Promise<boolean> {
  const { code, stdout } = await attempt([client, '--version']);
  if (code !== 0) return false;
  const major = Number(/version (\d+)\./.exec(stdout)?.[1] ?? 0);
  return major < BUILDX_SINCE || (await attempt([client, 'buildx', 'version'])).code === 0;
}
