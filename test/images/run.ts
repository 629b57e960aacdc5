/**
 * `npm run verify:images`: builds the images of the product and runs them, alone and together, on a real docker daemon.
 *
 * Where no registry answers, stand-ins are made from Debian's packages, npm and PyPI, and said; where no daemon runs,
 * one is started and stopped again. What could not be tried here is named at the end. Options: --keep DIR leaves trees
 * and layers in DIR for the next run.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseBases } from './bases.ts';
import { checkCompose } from './compose-checks.ts';
import { checkContext } from './context-check.ts';
import { type Daemon, openDaemon } from './daemon.ts';
import { type Docker, findClient } from './docker.ts';
import { checkImages } from './image-checks.ts';
import { removeStandIns } from './stand-ins.ts';
import { Suite } from './suite.ts';
import { ensureTools } from './tools.ts';

const { values } = parseArgs({ options: { keep: { type: 'string' } } });
const EXIT_INTERRUPTED = 130;
const suite = new Suite();
const folder = values.keep === undefined ? mkdtempSync(join(tmpdir(), 'jules-images-')) : resolve(values.keep);

/** Made here, whether or not a registry answers: what no machine of this project could reach so far. */
function nameUnreachable(): void {
  suite.cannot('CUDA variant of the gpu-runner', 'no NVIDIA base and no GPU; only its Dockerfile is checked');
  suite.cannot(
    "LocalStack's own image",
    'the same release from PyPI stands in, without Docker inside: no functions there',
  );
  suite.cannot("TimescaleDB's own image", 'Postgres 18 with the Apache edition from Debian stands in');
  suite.cannot('arm64 images', `this machine is ${process.arch}; nothing was built or emulated for another processor`);
}

async function verify(docker: Docker): Promise<void> {
  const bases = await chooseBases(suite, docker, folder);
  if (bases === null) return;
  await suite.check('a build is given the files of git that it needs, and nothing else', () =>
    checkContext(docker, { folder, base: bases.debian }),
  );
  if (await checkImages(suite, docker, bases)) await checkCompose(suite, docker, folder);
}

async function main(): Promise<number> {
  nameUnreachable();
  await ensureTools(['docker-compose', 'debootstrap']);
  const client = await findClient();
  if (client === null) throw new Error('no docker client here can build with BuildKit: install docker.io, or buildx');
  const daemon = await openDaemon(client, folder);
  process.once('SIGINT', () => void cleanUp(daemon).then(() => process.exit(EXIT_INTERRUPTED)));
  try {
    await verify(daemon.docker);
  } finally {
    await cleanUp(daemon);
  }
  return suite.close();
}

/** On a daemon that was here before, the images of the product stay, and nothing that stood in. */
async function cleanUp(daemon: Daemon): Promise<void> {
  if (!daemon.docker.isOwn && values.keep === undefined) await removeStandIns(daemon.docker);
  await daemon.stop();
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

process.exitCode = await main();
