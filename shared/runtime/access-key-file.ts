/**
 * The key pair that signs calls to the secrets endpoint of a data folder. It lies beside the vault's key in a file that
 * only its owner reads, so that no environment, argument or log holds it.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export const accessKeySchema = z.strictObject({
  accessKeyId: z.string().min(1).max(128),
  secretAccessKey: z.string().min(1).max(256),
});

/** The parser's message could quote the file, so it is not passed on. */
export function readAccessKey(dataDir: string): z.infer<typeof accessKeySchema> {
  const path = join(dataDir, 'keys', 'access-key.json');
  try {
    return accessKeySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new Error(`${path} is not there or holds no key pair: ./jules start makes it`);
  }
}
