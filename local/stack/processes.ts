/**
 * The long-lived processes of the stack in the order of their start, Postgres apart. They stop in reverse.
 */

import { fileURLToPath } from 'node:url';
import type { MessagingConfig, StackFile } from '../../shared/runtime/stack-file.ts';
import { EXIT_HOPELESS } from '../../shared/runtime/process-problem.ts';
import type { ChildSpec } from './managed-child.ts';

const ROOT = new URL('../../', import.meta.url);
/** Folder of the code that the processes run. */
export const CODE_ROOT = fileURLToPath(ROOT).replace(/\/$/, '');
const START_TIMEOUT_MS = 30_000;
/** For a process that does little at a time: 40 MB less of memory that only waits to be collected. */
const SMALL = ['--max-semi-space-size=1'];

/** The only process that has the vault; whoever needs a secret asks it, so it starts first and stops last. */
export function secretsSpec({ ports }: StackFile): ChildSpec {
  const known = spec('secrets', 'local/vault/main.ts', ports.secrets);
  return { ...known, hopelessExitCodes: [EXIT_HOPELESS], nodeOptions: SMALL };
}

/** The host carries queues, pollers and page; it starts beside Postgres so that the page is up at once. */
export function hostSpec({ ports }: StackFile): ChildSpec {
  const assetDirs = [fileURLToPath(new URL('functions/report/page/static', ROOT))];
  return { ...spec('host', 'local/host/main.ts', ports.page), assetDirs };
}

export function runnerSpec({ ports }: StackFile): ChildSpec {
  return spec('gpu-runner', 'gpu-runner/main.ts', ports.runner);
}

export function gatewaySpec({ ports }: StackFile): ChildSpec {
  return {
    ...spec('gateway', 'gateway/main.ts', ports.gateway),
    finalExitCodes: [0],
    hopelessExitCodes: [EXIT_HOPELESS],
  };
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
    assetDirs: [],
  };
}

const PASSED = ['JULES_LOG', 'PATH', 'HOME', 'NODE_COMPILE_CACHE'];

/** What the AWS SDK looks for by itself: who asks, and where. */
const PASSED_FOR_AWS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SQS',
  'NODE_EXTRA_CA_CERTS',
];

/** What a child sees of our environment: nothing else may leak into it, and credentials only where AWS asks for them. */
export function childEnv(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  messaging: MessagingConfig = { kind: 'embedded' },
): Record<string, string> {
  const asksAws = messaging.kind === 'endpoint' && messaging.target === 'aws';
  const passed = [...PASSED, ...(asksAws ? PASSED_FOR_AWS : [])].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), JULES_DATA: dataDir };
}
