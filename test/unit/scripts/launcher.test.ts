/**
 * The launcher on machines it was not written on: other systems, other folders, nothing installed.
 *
 * The machine is played by a `uname` put first in PATH; Node by a script that prints its arguments.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let checkout: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jules-launcher-'));
  checkout = join(folder, 'a checkout with spaces');
  mkdirSync(join(checkout, 'scripts'), { recursive: true });
  for (const file of ['jules', 'scripts/with-node', 'package.json']) cpSync(file, join(checkout, file));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('an unsupported machine', () => {
  it.each([
    ['Darwin', 'arm64'],
    ['MINGW64_NT-10.0', 'x86_64'],
    ['Linux', 'riscv64'],
    ['FreeBSD', 'amd64'],
  ])('%s %s is refused in one sentence, with exit code 2', (system, machine) => {
    const { status, stdout, stderr } = jules(['start'], { system, machine });
    expect(stderr).toBe(`IntradayJules runs on Linux x64 and arm64 (WSL2 included); this is ${system} ${machine}.\n`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('a supported machine', () => {
  it('without node_modules is asked to run npm ci', () => {
    const { status, stderr } = jules(['start']);
    expect(stderr).toContain('run npm ci');
    expect(status).toBe(2);
  });

  it('starts the command line with its own Node and the arguments as they were given', () => {
    installFakeNode();
    const { status, stdout } = jules(['replay', '--bars', 'a folder', '--json']);
    const lines = stdout.split('\n');
    expect(status).toBe(0);
    expect(lines[1]).toBe(join(checkout, 'local/cli/main.ts'));
    expect(lines.slice(2, 6)).toEqual(['replay', '--bars', 'a folder', '--json']);
  });

  it('keeps the folder it was called from, through a link too', () => {
    installFakeNode();
    const link = join(folder, 'jules-link');
    symlinkSync(join(checkout, 'jules'), link);
    const { stdout } = jules(['status'], { command: link, cwd: folder });
    expect(stdout).toContain(`cwd=${folder}\n`);
    expect(stdout).toContain(join(checkout, 'local/cli/main.ts'));
  });

  it('keeps compiled modules in the cache folder of the user, by version', () => {
    installFakeNode();
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { stdout } = jules(['status'], { env: { XDG_CACHE_HOME: join(folder, 'cache') } });
    expect(stdout).toContain(`cache=${join(folder, 'cache/intraday-jules')}/compile-${version}\n`);
  });

  it('goes without a compile cache where there is no home folder', () => {
    installFakeNode();
    expect(jules(['status'], { env: { XDG_CACHE_HOME: undefined, HOME: undefined } }).stdout).toContain('cache=\n');
  });
});

interface Call {
  readonly system?: string;
  readonly machine?: string;
  readonly command?: string;
  readonly cwd?: string;
  readonly env?: Record<string, string | undefined>;
}

function jules(args: readonly string[], call: Call = {}) {
  const { system = 'Linux', machine = hostMachine(), command = join(checkout, 'jules'), cwd = folder } = call;
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeScript(join(bin, 'uname'), `[ "$1" = -s ] && echo '${system}' || echo '${machine}'`);
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined, ...call.env, PATH: `${bin}:/usr/bin:/bin` };
  return spawnSync(command, args, { cwd, env, encoding: 'utf8' });
}

function installFakeNode(): void {
  const bin = join(checkout, `node_modules/node-linux-${process.arch}/bin`);
  mkdirSync(bin, { recursive: true });
  writeScript(join(bin, 'node'), 'printf "%s\\n" "$@" "cwd=$(pwd)" "cache=$NODE_COMPILE_CACHE"');
}

function hostMachine(): string {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}

function writeScript(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
