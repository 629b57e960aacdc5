/**
 * Images that stand in where no registry answers: made from Debian's packages, npm and PyPI, never shipped.
 *
 * Trees of debootstrap are kept in the suite's folder, since each takes about a minute.
 */

import { cpSync, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './command.ts';
import type { Docker } from './docker.ts';
import { progress } from './suite.ts';

const FOLDER = fileURLToPath(new URL('stand-ins', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TREE_MS_MAX = 900_000;
const BUILD_MS_MAX = 900_000;
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Suite, packages besides the smallest Debian. */
const TREES = {
  debian: { suite: 'bookworm', include: '' },
  timescale: { suite: 'sid', include: 'postgresql-18,postgresql-18-timescaledb' },
  localstack: { suite: 'trixie', include: 'python3,python3-venv,ca-certificates,curl' },
} as const;

export const STAND_INS = {
  debian: 'jules-stand-in/debian:bookworm',
  node: 'jules-stand-in/node:24',
  timescale: 'jules-stand-in/timescale:18',
  localstack: 'jules-stand-in/localstack:4.14.0',
} as const;

/** Holds what a build is given, to be looked at. */
export const CONTEXT_TAG = 'jules-stand-in/context';

/** What every build here is given besides: the machine's network and the certificates that it trusts. */
export function buildArgs(docker: Docker): readonly string[] {
  const certificates = existsSync(CERTIFICATES) ? ['--secret', `id=ca,src=${CERTIFICATES}`] : [];
  return [...(docker.isOwn ? ['--network', 'host'] : []), ...certificates];
}

export async function makeBases(docker: Docker, folder: string): Promise<void> {
  await importTree(docker, folder, 'debian', STAND_INS.debian);
  const context = freshContext(folder, 'node');
  cpSync(process.execPath, join(context, 'node'));
  cpSync(await npmFolder(), join(context, 'npm'), { recursive: true, dereference: true });
  await build(docker, { tag: STAND_INS.node, context, file: 'node', args: [`DEBIAN_IMAGE=${STAND_INS.debian}`] });
}

export async function makeTimescale(docker: Docker, folder: string): Promise<void> {
  const base = `${STAND_INS.timescale}-base`;
  await importTree(docker, folder, 'timescale', base);
  const context = freshContext(folder, 'timescale');
  cpSync(join(FOLDER, 'timescale-entry.sh'), join(context, 'timescale-entry.sh'));
  await build(docker, { tag: STAND_INS.timescale, context, file: 'timescale', args: [`BASE=${base}`] });
}

export async function makeLocalstack(docker: Docker, folder: string): Promise<void> {
  const base = `${STAND_INS.localstack}-base`;
  await importTree(docker, folder, 'localstack', base);
  const context = freshContext(folder, 'localstack');
  cpSync(join(ROOT, 'local/emulators/localstack/requirements.txt'), join(context, 'requirements.txt'));
  await build(docker, { tag: STAND_INS.localstack, context, file: 'localstack', args: [`BASE=${base}`] });
}

export async function removeStandIns(docker: Docker): Promise<void> {
  const tags = Object.values(STAND_INS).flatMap((tag) => [tag, `${tag}-base`]);
  for (const tag of [...tags, CONTEXT_TAG]) await docker.attempt(['image', 'rm', '--force', tag]);
}

async function importTree(docker: Docker, folder: string, name: keyof typeof TREES, tag: string): Promise<void> {
  const tree = join(folder, 'trees', name);
  if (!existsSync(`${tree}.done`)) await debootstrap(tree, TREES[name]);
  if ((await docker.attempt(['image', 'inspect', tag])).code === 0) return;
  const script = 'set -o pipefail; tar --create --directory "$1" --exclude ./dev/* . | "$2" import - "$3"';
  await run(['bash', '-c', script, 'bash', tree, docker.client, tag], { env: docker.env, timeoutMs: TREE_MS_MAX });
}

async function debootstrap(tree: string, { suite, include }: { suite: string; include: string }): Promise<void> {
  progress(`debootstrap ${suite}${include === '' ? '' : ` with ${include}`}; about a minute`);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  const packages = include === '' ? [] : [`--include=${include}`];
  await run(['debootstrap', '--variant=minbase', ...packages, suite, tree], { timeoutMs: TREE_MS_MAX });
  await run(['touch', `${tree}.done`]);
}

async function build(
  docker: Docker,
  { tag, context, file, args }: { tag: string; context: string; file: string; args: readonly string[] },
): Promise<void> {
  progress(`builds ${tag}`);
  const given = args.flatMap((arg) => ['--build-arg', arg]);
  const dockerfile = ['--file', join(FOLDER, `${file}.Dockerfile`)];
  await docker.run(['build', ...buildArgs(docker), ...given, ...dockerfile, '--tag', tag, context], {
    timeoutMs: BUILD_MS_MAX,
  });
}

function freshContext(folder: string, name: string): string {
  const context = join(folder, 'contexts', name);
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  return context;
}

async function npmFolder(): Promise<string> {
  const command = (await run(['sh', '-c', 'command -v npm'])).trim();
  return dirname(dirname(realpathSync(command)));
}
