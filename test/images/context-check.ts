/**
 * Proves what a build is given: a copy of the repository with secrets, data and leftovers planted in it goes through
 * .dockerignore, and what arrives is exactly the files of git in the allowed folders.
 */

import { strict as assert } from 'node:assert';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './command.ts';
import type { Docker } from './docker.ts';
import { buildArgs, CONTEXT_TAG } from './stand-ins.ts';

const ALLOWED =
  /^(package\.json|package-lock\.json|\.npmrc|scripts\/image-sbom\.ts|(shared|functions|gateway|gpu-runner|local|sql|stacks)\/.+)$/;
const REFUSED = /^local\/compose\/|(^|\/)Dockerfile$/;

/** Each lies where somebody might leave it. */
const PLANTED = [
  '.env',
  '.git/config',
  'credentials.json',
  'stack.json',
  'data/vault/vault.log',
  'node_modules/left/index.js',
  'gateway/.env',
  'gateway/.env.production',
  'gateway/node_modules/left/index.js',
  'gpu-runner/model.key',
  'local/compose/secrets/localstack-token',
  'local/credentials.json',
  'local/host/stack.json',
  'functions/report/debug.log',
  'shared/.git/config',
  'shared/certificate.pem',
  'test/left.ts',
];

export async function checkContext(
  docker: Docker,
  { folder, base }: { folder: string; base: string },
): Promise<string> {
  const copy = join(folder, 'contexts', 'repository');
  rmSync(copy, { recursive: true, force: true });
  const tracked = (
    await run(['git', '-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  )
    .split('\0')
    .filter((path) => path !== '');
  for (const path of tracked) cpSync(path, join(copy, path));
  for (const path of PLANTED) plant(join(copy, path));
  const wanted = tracked.filter((path) => ALLOWED.test(path) && !REFUSED.test(path)).toSorted();
  assert.deepEqual(await arrives(docker, copy, base), wanted);
  return `${wanted.length} files arrive, none of ${PLANTED.length} planted ones`;
}

function plant(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'planted');
}

async function arrives(docker: Docker, context: string, base: string): Promise<string[]> {
  const dockerfile = `FROM ${base}\nCOPY . /context\n`;
  const file = join(dirname(context), 'context.Dockerfile');
  writeFileSync(file, dockerfile);
  await docker.run(['build', ...buildArgs(docker), '--file', file, '--tag', CONTEXT_TAG, context], {
    timeoutMs: 300_000,
  });
  const list = await docker.run(['run', '--rm', '--network', 'none', CONTEXT_TAG, 'find', '/context', '-type', 'f']);
  return list
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => path.replace('/context/', ''))
    .toSorted();
}
