/**
 * The long-lived processes of the stack in the order of their start, Postgres apart. They stop in reverse.
 */

import { fileURLToPath } from 'node:url';
import type { StackFile } from '../../shared/runtime/stack-file.ts';
import type { ChildSpec } from './managed-child.ts';

const ROOT = new URL('../../', import.meta.url);
const START_TIMEOUT_MS = 30_000;
/** What a process says that cannot start before a person has done something. */
const EXIT_CONFIG = 78;
/** For a process that does little at a time: 40 MB less of memory that only waits to be collected. */
const SMALL = ['--max-semi-space-size=1'];

/** The only process that has the vault; whoever needs a secret asks it, so it starts first and stops last. */
export function secretsSpec({ ports }: StackFile): ChildSpec {
  const known = spec('secrets', 'local/secrets/main.ts', ports.secrets);
  return { ...known, hopelessExitCodes: [EXIT_CONFIG], nodeOptions: SMALL };
}

/** The host carries queues, pollers and page; it starts beside Postgres so that the page stands at once. */
export function hostSpec({ ports }: StackFile): ChildSpec {
  return spec('host', 'local/host/main.ts', ports.page);
}

export function runnerSpec({ ports }: StackFile): ChildSpec {
  return spec('gpu-runner', 'gpu-runner/main.ts', ports.runner);
}

export function gatewaySpec({ ports }: StackFile): ChildSpec {
  return { ...spec('gateway', 'gateway/main.ts', ports.gateway), finalExitCodes: [0] };
}

function spec(name: string, module: string, port: number): ChildSpec {
  return {
    name,
    entry: fileURLToPath(new URL(module, ROOT)),
    healthUrl: `http://127.0.0.1:${port}/healthz`,
    startTimeoutMs: START_TIMEOUT_MS,
    finalExitCodes: [],
    hopelessExitCodes: [],
    nodeOptions: [],
  };
}

/** What a child sees of our environment: nothing else may leak into it. */
export function childEnv(dataDir: string, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed = ['JULES_LOG', 'PATH', 'HOME', 'NODE_COMPILE_CACHE'].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), JULES_DATA: dataDir };
}
