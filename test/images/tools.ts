/**
 * The programs of this suite. What is missing on a Debian is installed with apt, and said; anywhere else it is named.
 */

import { attempt, run } from './command.ts';
import { progress } from './suite.ts';

const PACKAGES: Readonly<Record<string, string>> = {
  dockerd: 'docker.io',
  'docker-compose': 'docker-compose',
  debootstrap: 'debootstrap',
};
const INSTALL_MS_MAX = 600_000;

/** Makes sure of `programs`. Throws Error naming what is missing and how to get it. */
export async function ensureTools(programs: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const program of programs) if (!(await isThere(program))) missing.push(PACKAGES[program] ?? program);
  if (missing.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && (await isThere('apt-get'));
  if (!mayInstall)
    throw new Error(`missing here: ${missing.join(', ')}; install them, or run this as root on a Debian`);
  progress(`installs ${missing.join(', ')} with apt`);
  const options = { timeoutMs: INSTALL_MS_MAX, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  await run(['apt-get', 'update', '--quiet'], options);
  await run(['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...missing], options);
}

async function isThere(program: string): Promise<boolean> {
  return (await attempt(['sh', '-c', 'command -v "$1"', 'sh', program])).code === 0;
}
