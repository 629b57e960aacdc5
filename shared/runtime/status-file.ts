/**
 * How the processes of the stack are, written by the supervisor into the data folder at each change and read by the
 * page. Missing or unreadable means: nothing is known yet.
 */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const STATUS_FILE = 'status.json';

export const statusFileSchema = z.strictObject({
  format: z.literal(1),
  updatedAtMs: z.number(),
  phase: z.enum(['starting', 'running', 'failed']),
  /** What a starting or failed stack waits for, in plain words; empty when running. */
  waitingFor: z.string(),
  parts: z.array(
    z.strictObject({
      name: z.string(),
      state: z.enum(['up', 'starting', 'down', 'finished']),
      detail: z.string(),
    }),
  ),
});
export type StatusFile = z.infer<typeof statusFileSchema>;

export function writeStatusFile(dataDir: string, status: StatusFile): void {
  const path = join(dataDir, STATUS_FILE);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(status), { mode: 0o600 });
  renameSync(temporary, path);
}

export function readStatusFile(dataDir: string): StatusFile | null {
  try {
    return statusFileSchema.parse(JSON.parse(readFileSync(join(dataDir, STATUS_FILE), 'utf8')));
  } catch {
    return null;
  }
}
