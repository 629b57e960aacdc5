/**
 * One run of local/compose as a project of its own: own name, own volumes, free ports, stand-ins where they are needed.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../local/stack/ports.ts';
import { run } from './command.ts';
import type { Docker } from './docker.ts';
import { STAND_INS } from './stand-ins.ts';

export const COMPOSE_FILE = 'local/compose/docker-compose.yml';
const UP_MS_MAX = 600_000;
const COMMAND_MS_MAX = 120_000;

export interface Composition {
  readonly pagePort: number;
  up(): Promise<void>;
  compose(args: readonly string[]): Promise<string>;
  /** Id of a service's container. */
  container(service: string): Promise<string>;
  /** Runs a module in the container of a service; its stdout. */
  evaluate(service: string, module: string): Promise<string>;
  remove(): Promise<void>;
}

export interface CompositionOptions {
  readonly folder: string;
  /** Recorded bars, mounted where prepare and gateway look for them. */
  readonly bars: string;
  readonly startDate: string;
}

export async function createComposition(
  docker: Docker,
  tool: readonly string[],
  { folder, bars, startDate }: CompositionOptions,
): Promise<Composition> {
  const [pagePort = 0, databasePort = 0, localstackPort = 0] = await freePorts(3);
  const override = join(folder, 'compose.override.yml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(override, JSON.stringify(recordedMarket(bars, startDate)));
  const project = `jules-verify-${process.pid}`;
  const command = [...tool, '--project-name', project, '--file', COMPOSE_FILE, '--file', override];
  const env = {
    ...docker.env,
    COMPOSE_PROFILES: 'cpu',
    TIMESCALE_IMAGE: STAND_INS.timescale,
    LOCALSTACK_IMAGE: STAND_INS.localstack,
    JULES_PAGE_PORT: String(pagePort),
    JULES_DATABASE_PORT: String(databasePort),
    JULES_LOCALSTACK_PORT: String(localstackPort),
  };
  const compose = (args: readonly string[], timeoutMs = COMMAND_MS_MAX) =>
    run([...command, ...args], { env, timeoutMs });
  // Asking docker takes a tenth of what asking compose takes, and both tools set the same labels.
  const container = async (service: string) => {
    const labels = [`project=${project}`, `service=${service}`].map((each) => `label=com.docker.compose.${each}`);
    const filters = labels.flatMap((label) => ['--filter', label]);
    return (await docker.run(['ps', '--all', '--quiet', ...filters])).trim();
  };
  return {
    pagePort,
    up: async () => void (await compose(['up', '--detach', '--no-build'], UP_MS_MAX)),
    compose,
    container,
    async evaluate(service, module) {
      const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval'];
      return docker.run(['exec', await container(service), 'node', ...flags, module]);
    },
    remove: async () => void (await compose(['down', '--volumes', '--timeout', '5'])),
  };
}

/** A session that is over in seconds instead of the endless market, so that its ledger can be compared. */
function recordedMarket(bars: string, startDate: string): object {
  const options = ['--data=/data', '--admin-password-file=/password/database-admin', '--queues=http://localstack:4566'];
  const market = ['--bars=/bars', `--start-date=${startDate}`, '--speed=max'];
  const volumes = [`${bars}:/bars:ro`];
  return {
    services: {
      prepare: { command: ['local/cli/main.ts', 'prepare', ...options, ...market], volumes },
      gateway: { volumes },
    },
  };
}
