/**
 * As whom Postgres runs, since it refuses to run as root, and how it is made to end with the process that started it.
 *
 * A plain user runs it as himself. Root runs it in a user namespace where he is somebody else; where namespaces are
 * blocked, as in many containers, it runs as nobody, who then owns the files and may pass through root's folders.
 */

import { spawnSync } from 'node:child_process';
import { chownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type ServerIdentity = 'self' | 'namespace' | 'nobody';

export type Command = readonly [program: string, ...args: string[]];

const NOBODY = 65_534;
const NAMESPACE: Command = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
/** Ctrl-C of the terminal is not for Postgres; the end of its parent is: fast shutdown, so the next start is warm. */
const ENDS_WITH_PARENT = ['--pdeathsig', 'INT'];
const MAY_PASS_FOLDERS = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];

export function serverIdentity(): ServerIdentity {
  if (process.getuid?.() !== 0) return 'self';
  const [program, ...args] = NAMESPACE;
  return spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0 ? 'namespace' : 'nobody';
}

/** The command line that runs `command` under this identity, with the same process id throughout. */
export function commandAs(identity: ServerIdentity, command: Command): Command {
  if (identity === 'namespace') return [...NAMESPACE, 'setpriv', ...ENDS_WITH_PARENT, ...command];
  if (identity === 'self') return ['setpriv', ...ENDS_WITH_PARENT, ...command];
  const asNobody = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...MAY_PASS_FOLDERS];
  return ['setpriv', ...asNobody, ...ENDS_WITH_PARENT, ...command];
}

/** Gives the cluster to whom this identity's server will take for its owner; it may have run under another before. */
export function giveTo(identity: ServerIdentity, dir: string): void {
  if (identity === 'self') return;
  const uid = identity === 'nobody' ? NOBODY : 0;
  if (statSync(dir).uid === uid) return;
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) chownSync(join(dir, name), uid, uid);
  // Last, so that an interrupted change of owner is done again.
  chownSync(dir, uid, uid);
}
