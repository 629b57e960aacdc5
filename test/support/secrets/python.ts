/**
 * boto3 as a client of the contract, and moto as a second implementation of it, from the environment that
 * test/integration/secrets/make-venv makes.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../../local/stack/ports.ts';
import type { ClientAccess } from './contract/javascript-client.ts';
import type { Outcome, SecretsClient } from './contract/subject.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PYTHON = join(ROOT, '.venv-secrets/bin/python');
const BRIDGE = join(ROOT, 'test/integration/secrets/boto3_bridge.py');
const READY_ATTEMPTS_MAX = 300;
const READY_DELAY_MS = 100;

/** False until test/integration/secrets/make-venv has run. */
export const hasPython = existsSync(PYTHON);

export function boto3Client({ url, region, credentials }: ClientAccess): SecretsClient {
  const { accessKeyId, secretAccessKey } = credentials;
  const child = spawn(PYTHON, [BRIDGE, url, region, accessKeyId, secretAccessKey], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async call(operation, input) {
      child.stdin.write(`${JSON.stringify({ operation, input })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the boto3 bridge has ended');
      return JSON.parse(value) as Outcome;
    },
    async close() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

export interface MotoServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<MotoServer> {
  const [port = 0] = await freePorts(1);
  const child = spawn(PYTHON, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'pipe' });
  child.stdout.resume();
  child.stderr.resume();
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child);
  return {
    url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function untilReady(url: string, child: ChildProcessWithoutNullStreams): Promise<void> {
  for (let attempt = 0; attempt < READY_ATTEMPTS_MAX && child.exitCode === null; attempt += 1) {
    const isUp = await fetch(`${url}/moto-api/`).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await sleep(READY_DELAY_MS);
  }
  throw new Error(`moto does not answer at ${url}`);
}
