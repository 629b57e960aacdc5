/**
 * The key pair that signs requests to our own endpoint: from the environment, or made once and kept beside the vault's
 * key.
 */

import { randomBytes } from 'node:crypto';
import { accessKeySchema } from '../../shared/runtime/access-key-file.ts';
import type { AccessKey } from '../emulators/secrets-manager/sigv4.ts';
import { type FileSystem, replaceFileDurably } from './store/file-system.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws RangeError when only one of the two variables is set. */
export function accessKeyFrom(env: Environment): AccessKey | null {
  const { JULES_ACCESS_KEY: accessKeyId, JULES_SECRET_KEY: secretAccessKey } = env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  if (!accessKeyId && !secretAccessKey) return null;
  throw new RangeError('only one of JULES_ACCESS_KEY and JULES_SECRET_KEY is set: set both, or neither');
}

/** Null where none has been made. */
export async function storedAccessKey(path: string, files: FileSystem): Promise<AccessKey | null> {
  const bytes = await files.read(path);
  return bytes === null ? null : accessKeySchema.parse(JSON.parse(bytes.toString('utf8')));
}

/** The stored one, made now where there is none. */
export async function ownAccessKey(path: string, files: FileSystem): Promise<AccessKey> {
  const stored = await storedAccessKey(path, files);
  if (stored !== null) return stored;
  const made = {
    accessKeyId: `JULES${randomBytes(8).toString('hex').toUpperCase().slice(0, 15)}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  await replaceFileDurably(files, path, Buffer.from(`${JSON.stringify(made)}\n`, 'utf8'));
  return made;
}
