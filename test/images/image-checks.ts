/**
 * What every image promises by itself: built from the allowed files, small, without rights, described, and well-behaved.
 */

import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bases } from './bases.ts';
import type { Docker } from './docker.ts';
import { ADDED_MB_MAX, IMAGES, type ImageSpec } from './images.ts';
import { buildArgs } from './stand-ins.ts';
import type { Suite } from './suite.ts';

const BUILD_MS_MAX = 900_000;
const HEALTHY_MS_MAX = 40_000;
const STOP_GRACE_S = 10;
const POLL_MS = 100;
const MEGABYTE = 1e6;
const HARDENED = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

export async function checkImages(suite: Suite, docker: Docker, bases: Bases): Promise<boolean> {
  for (const image of IMAGES) {
    const isBuilt = await suite.check(`${image.name}: builds`, () => build(docker, image, bases));
    if (!isBuilt) return false;
    await suite.check(`${image.name}: adds at most ${ADDED_MB_MAX} MB to its base`, () => size(docker, image, bases));
    await suite.check(`${image.name}: runs as a user without rights`, () => user(docker, image));
    await suite.check(`${image.name}: holds its own folders and nothing else`, () => content(docker, image));
    await suite.check(`${image.name}: lists what it is made of`, () => materials(docker, image));
    if (image.name !== 'gpu-runner')
      await suite.check(`${image.name}: says what is missing when it is started alone`, () => alone(docker, image));
  }
  await suite.check('gpu-runner: healthy on a read-only file system, without capabilities', () => readOnly(docker));
  await suite.check(`gpu-runner: SIGTERM ends it within ${STOP_GRACE_S} s, as process 1`, () => stops(docker, []));
  await suite.check('gpu-runner: SIGTERM ends it behind an init process', () => stops(docker, ['--init']));
  return true;
}

async function build(docker: Docker, image: ImageSpec, bases: Bases): Promise<undefined> {
  const args = [`NODE_IMAGE=${bases.node}`, `DEBIAN_IMAGE=${bases.debian}`].flatMap((arg) => ['--build-arg', arg]);
  const file = ['--file', image.dockerfile, '--tag', image.tag];
  await docker.run(['build', ...buildArgs(docker), ...args, ...file, '.'], { timeoutMs: BUILD_MS_MAX });
}

async function size(docker: Docker, image: ImageSpec, bases: Bases): Promise<string> {
  const bytes = async (tag: string) => Number(await docker.run(['image', 'inspect', '--format', '{{.Size}}', tag]));
  const [all, base] = [await bytes(image.tag), await bytes(bases.debian)];
  const addedMb = (all - base) / MEGABYTE;
  assert(addedMb <= ADDED_MB_MAX, `it adds ${addedMb.toFixed(0)} MB`);
  return `${(all / MEGABYTE).toFixed(0)} MB, of which ${addedMb.toFixed(0)} MB over its base`;
}

async function user(docker: Docker, image: ImageSpec): Promise<string> {
  const configured = (await docker.run(['image', 'inspect', '--format', '{{.Config.User}}', image.tag])).trim();
  assert.equal(configured, '10001:10001');
  const script = `
    const fs = require('node:fs');
    const capabilities = /^CapEff:\\s*(\\w+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1];
    const writable = fs.readdirSync('/app', { recursive: true }).filter((name) => {
      try { fs.accessSync('/app/' + name, fs.constants.W_OK); return true; } catch { return false; }
    });
    console.log(JSON.stringify({ uid: process.getuid(), gid: process.getgid(), capabilities, writable }));`;
  const seen = JSON.parse(await inImage(docker, image, script)) as Record<string, unknown>;
  assert.deepEqual(seen, { uid: 10_001, gid: 10_001, capabilities: '0000000000000000', writable: [] });
  return 'uid 10001, no capability, cannot write its own code';
}

async function content(docker: Docker, image: ImageSpec): Promise<string> {
  const script = `
    const fs = require('node:fs');
    const top = fs.readdirSync('/app').sort();
    const all = fs.readdirSync('/app', { recursive: true }).filter((name) => !name.startsWith('node_modules/'));
    const left = ['/run/npmrc', '/tmp/npm', '/run/ca.pem'].filter((path) => {
      try { fs.statSync(path); return true; } catch (error) { return error.code !== 'ENOENT' && error.code !== 'EACCES'; }
    });
    console.log(JSON.stringify({ top, all, left }));`;
  const { top, all, left } = JSON.parse(await inImage(docker, image, script)) as Record<string, string[]>;
  assert.deepEqual(top, [...image.holds].toSorted());
  assert.deepEqual(left, []);
  const strange = all!.filter((path) =>
    /(\.(test|spec)\.|\.env|\.key$|\.pem$|Dockerfile|credentials\.json)/.test(path),
  );
  assert.deepEqual(strange, []);
  return `${all!.length} files of ours`;
}

async function materials(docker: Docker, image: ImageSpec): Promise<string> {
  const script = `process.stdout.write(require('node:fs').readFileSync('/app/sbom.cdx.json'))`;
  const bom = JSON.parse(await inImage(docker, image, script)) as { bomFormat: string; components: { purl: string }[] };
  assert.equal(bom.bomFormat, 'CycloneDX');
  const purls = bom.components.map(({ purl }) => purl);
  for (const wanted of [/^pkg:npm\/zod@4\./, /^pkg:generic\/node@24\./, /^pkg:deb\/debian\/libc6@/]) {
    assert(
      purls.some((purl) => wanted.test(purl)),
      `no component is ${wanted}`,
    );
  }
  assert(!purls.some((purl) => purl.startsWith('pkg:npm/vitest@')), 'it lists packages of development');
  return `${purls.length} components`;
}

async function alone(docker: Docker, image: ImageSpec): Promise<string> {
  const { code, stdout, stderr } = await docker.attempt(['run', '--rm', '--network', 'none', ...HARDENED, image.tag]);
  assert.equal(code, 1, `exit code ${code}`);
  assert.match(stdout + stderr, /stack\.json/);
  return 'exit code 1, names stack.json';
}

/** Its page and routes are reached from inside, so no port has to be published. */
async function readOnly(docker: Docker): Promise<string> {
  return withRunner(docker, [], async (name) => {
    const act = `
      const fs = require('node:fs');
      const answer = await fetch('http://127.0.0.1:4770/readyz');
      let refusal = 'none';
      try { fs.writeFileSync('/app/x', ''); } catch (error) { refusal = error.code; }
      fs.writeFileSync('/tmp/x', '');
      console.log(JSON.stringify({ status: answer.status, refusal }));`;
    const out = await docker.run(['exec', name, 'node', '--input-type=module', '--eval', importing(act)]);
    assert.deepEqual(JSON.parse(out), { status: 200, refusal: 'EROFS' });
    return 'answers, cannot write outside /tmp';
  });
}

async function stops(docker: Docker, init: readonly string[]): Promise<string> {
  return withRunner(docker, init, async (name) => {
    const startedMs = performance.now();
    await docker.run(['stop', '--time', String(STOP_GRACE_S), name]);
    const tookMs = performance.now() - startedMs;
    const exitCode = (await docker.run(['inspect', '--format', '{{.State.ExitCode}}', name])).trim();
    assert.equal(exitCode, '0', `exit code ${exitCode}: 137 means that it was killed`);
    assert(tookMs < STOP_GRACE_S * 1_000);
    return `exit code 0 after ${(tookMs / 1_000).toFixed(2)} s`;
  });
}

async function withRunner<T>(
  docker: Docker,
  options: readonly string[],
  work: (name: string) => Promise<T>,
): Promise<T> {
  const name = `jules-verify-${randomUUID().slice(0, 8)}`;
  const image = IMAGES.find((each) => each.name === 'gpu-runner')!;
  try {
    await docker.run(['run', '--detach', '--name', name, '--network', 'none', ...HARDENED, ...options, image.tag]);
    await untilHealthy(docker, name);
    return await work(name);
  } finally {
    await docker.attempt(['rm', '--force', '--volumes', name]);
  }
}

export async function untilHealthy(docker: Docker, name: string, timeoutMs = HEALTHY_MS_MAX): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const state = (
      await docker.run(['inspect', '--format', '{{.State.Status}} {{.State.Health.Status}}', name])
    ).trim();
    if (state === 'running healthy') return;
    if (!state.startsWith('running') || performance.now() > deadlineMs) {
      const { stdout, stderr } = await docker.attempt(['logs', '--tail', '15', name]);
      throw new Error(`${name} is ${state}:\n${stdout}${stderr}`);
    }
    await pause(POLL_MS);
  }
}

function inImage(docker: Docker, image: ImageSpec, script: string): Promise<string> {
  return docker.run(['run', '--rm', '--network', 'none', ...HARDENED, image.tag, '--eval', script]);
}

function importing(script: string): string {
  return script.replace(/const fs = require\('node:fs'\);/, "import fs from 'node:fs';");
}
