/**
 * Backs the vault up and puts a backup in its place.
 */

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { openExport, backupRecipient } from '../../../vault/store/export.ts';
import { diskFileSystem, replaceFileDurably } from '../../../vault/store/file-system.ts';
import { restoreVault } from '../../../vault/store/restore.ts';
import { defaultDataDir, openDataDir, prepareDataDir } from '../../../stack/data-dir.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, Problem } from '../../../problem.ts';
import { confirm, requireInteractive } from '../../shell/agreement.ts';
import type { CliContext } from '../../context.ts';
import type { BackupOptions, RestoreOptions } from './run.ts';
import { keySource, placesOf, asProblem, withVault } from './vault.ts';

const exportSchema = z.object({ Export: z.base64(), Secrets: z.int() });

export async function backupSecrets(options: BackupOptions, context: CliContext): Promise<number> {
  const { terminal, env } = context;
  const path = resolve(options.to);
  if (existsSync(path)) throw inTheWay(path);
  const places = placesOf(openDataDir(options.data ?? defaultDataDir(env)), options);
  const { recipient, isNew } =
    options.recipient === undefined
      ? await backupRecipient(places.backupIdentity, diskFileSystem())
      : { recipient: options.recipient, isNew: false };
  const answer = await withVault(options, context, (call) => call('jules.Backup', { Recipient: recipient }));
  const { Export, Secrets } = exportSchema.parse(answer);
  await replaceFileDurably(diskFileSystem(), path, Buffer.from(Export, 'base64'));
  if (options.json) terminal.out(JSON.stringify({ file: path, secrets: Secrets, recipient }));
  else terminal.out(`${Secrets} secrets are in ${path}, readable with the identity of ${recipient}`);
  if (isNew)
    terminal.note(`keep a copy of ${places.backupIdentity} offline: it opens every backup, and nothing else does`);
  return EXIT_OK;
}

export async function restoreSecrets(options: RestoreOptions, context: CliContext): Promise<number> {
  const { terminal, env } = context;
  const places = placesOf(prepareDataDir(options.data ?? defaultDataDir(env)), options);
  const identity = readText(options.identity ?? places.backupIdentity, '--identity').toString('utf8');
  const bytes = readText(options.from, '--from');
  if (!options.yes && !(await isAgreed(context))) {
    terminal.note('nothing was restored');
    return EXIT_FAILED;
  }
  const restored = await asProblem(async () =>
    restoreVault(await openExport(bytes, identity), {
      places,
      source: keySource(options, places),
      nowMs: Date.now(),
    }),
  );
  if (options.json) terminal.out(JSON.stringify(restored));
  else terminal.out(`${restored.secrets} secrets were restored; the vault now counts ${restored.epoch} changes`);
  if (restored.keptAs !== null) terminal.note(`what was there before is in ${restored.keptAs}`);
  return EXIT_OK;
}

async function isAgreed({ terminal }: CliContext): Promise<boolean> {
  requireInteractive('restore asks before it replaces the vault', terminal);
  return confirm('Put this backup in place of the vault?', terminal);
}

function readText(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Problem(`${option}: '${path}' cannot be read`, {
      fix: 'name a file that is there',
      exitCode: EXIT_USAGE,
      cause,
    });
  }
}

function inTheWay(path: string): Problem {
  return new Problem(`--to: '${path}' exists already`, { fix: 'name a new file', exitCode: EXIT_USAGE });
}
