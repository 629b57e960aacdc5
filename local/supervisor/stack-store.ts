/**
 * Writes stack.json and credentials.json into the data folder, whole or not at all.
 *
 * Credentials are made once per folder, since the database keeps its roles' passwords; they are never printed.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CREDENTIALS_FILE,
  type Credentials,
  readCredentials,
  readStackFile,
  STACK_FILE,
  type StackFile,
  stackFileSchema,
} from '../../shared/runtime/stack-file.ts';
import { EXIT_USAGE, messageOf, Problem } from './problem.ts';

const SECRET_BYTES = 24;

export function writeStackFile(dataDir: string, stack: StackFile): void {
  writeWhole(join(dataDir, STACK_FILE), stackFileSchema.parse(stack));
}

/** The stack that ran last on this folder; null before the first, or when its file is of another version. */
export function lastStackFile(dataDir: string): StackFile | null {
  try {
    return readStackFile(dataDir);
  } catch {
    return null;
  }
}

/** The credentials of the folder, made at the first call. Throws Problem when the file is damaged. */
export function ensureCredentials(dataDir: string): Credentials {
  const path = credentialsPath(dataDir);
  if (existsSync(path)) return existing(dataDir, path);
  const credentials: Credentials = {
    format: 1,
    superuser: secret(),
    owner: secret(),
    app: secret(),
    reader: secret(),
    pageToken: secret(),
  };
  writeWhole(path, credentials);
  return credentials;
}

export function credentialsPath(dataDir: string): string {
  return join(dataDir, CREDENTIALS_FILE);
}

/** The parser's message could quote the file, so it is not passed on. */
function existing(dataDir: string, path: string): Credentials {
  try {
    return readCredentials(dataDir);
  } catch (error) {
    const isUnreadable = /EACCES|EPERM/.test(messageOf(error));
    throw new Problem(`${path} ${isUnreadable ? 'may not be read' : 'is damaged'}`, {
      fix: isUnreadable ? 'start as the owner of the data folder' : 'restore it from a backup, or run ./jules reset',
      exitCode: EXIT_USAGE,
    });
  }
}

function secret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Through a temporary name, so that a crash never leaves half a file. */
function writeWhole(path: string, content: unknown): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}
