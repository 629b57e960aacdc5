/**
 * Finds the docker daemon of this machine, or starts one for the time of the suite where only the client is there.
 *
 * The own daemon keeps everything in the suite's folder, changes no firewall rule and listens on a socket in that
 * folder. Its networks have no way out, so builds use the machine's network.
 */

import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attempt } from './command.ts';
import { createDocker, type Docker } from './docker.ts';
import { progress } from './suite.ts';

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 20_000;
const POLL_MS = 200;
const LOG_TAIL = 1_500;

export interface Daemon {
  readonly docker: Docker;
  stop(): Promise<void>;
}

/** Throws Error when there is neither a daemon nor the right to start one. */
export async function openDaemon(client: string, folder: string): Promise<Daemon> {
  const found = createDocker(client, { host: null, isOwn: false });
  if ((await found.attempt(['info'])).code === 0) {
    progress('uses the docker daemon that runs here');
    return { docker: found, stop: async () => undefined };
  }
  if (process.getuid?.() !== 0) throw new Error('no docker daemon answers and only root may start one: start docker');
  return startDaemon(client, folder);
}

async function startDaemon(client: string, folder: string): Promise<Daemon> {
  mkdirSync(folder, { recursive: true });
  const host = `unix://${join(folder, 'docker.sock')}`;
  const logFile = join(folder, 'dockerd.log');
  progress(`starts a docker daemon of its own in ${folder}`);
  const child = spawn('dockerd', daemonArgs(folder, host), { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let hasExited = false;
  void exited.then(() => (hasExited = true));

  const docker = createDocker(client, { host, isOwn: true });
  const deadlineMs = performance.now() + START_MS_MAX;
  while ((await docker.attempt(['info'])).code !== 0) {
    if (hasExited || performance.now() > deadlineMs) {
      child.kill('SIGTERM');
      const tail = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-LOG_TAIL) : '';
      throw new Error(`dockerd did not start here; the end of ${logFile}:\n${tail}`);
    }
    await pause(POLL_MS);
  }
  return {
    docker,
    async stop() {
      child.kill('SIGTERM');
      await Promise.race([exited, pause(STOP_MS_MAX, undefined, { ref: false })]);
      if (!hasExited) child.kill('SIGKILL');
      log.end();
      await unmountBelow(folder);
    },
  };
}

function daemonArgs(folder: string, host: string): readonly string[] {
  return [
    `--host=${host}`,
    `--data-root=${join(folder, 'data')}`,
    `--exec-root=${join(folder, 'exec')}`,
    `--pidfile=${join(folder, 'dockerd.pid')}`,
    '--bridge=none',
    '--iptables=false',
    '--ip-forward=false',
    '--ip-masq=false',
  ];
}

/** What a killed daemon leaves mounted would keep its folder from being removed. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mountPoint) => mountPoint.startsWith(`${folder}/`));
  for (const mountPoint of mounts.toReversed()) await attempt(['umount', '--lazy', mountPoint]);
}
