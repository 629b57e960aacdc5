/**
 * What the data folder takes of its disk and what is left of it.
 */

import { statfsSync } from 'node:fs';
import { storedSize, type StoredSize } from '../../../../shared/adapters/postgres/report/storage.ts';
import { counted } from '../../../../shared/read-models/format.ts';
import { connectReader } from '../../reach/read-only-connection.ts';
import { secretsOfStack } from '../../reach/stack-secrets.ts';

export interface DiskStatus {
  readonly freeBytes: number;
  /** Null: the database does not run, or does not answer. */
  readonly stored: StoredSize | null;
}

/** `port` of the database that runs on the folder; null: none does. */
export async function diskStatus(dataDir: string, port: number | null): Promise<DiskStatus> {
  const { bavail, bsize } = statfsSync(dataDir);
  return { freeBytes: bavail * bsize, stored: port === null ? null : await readStored(dataDir, port) };
}

/** Status is printed whether or not the database answers; the list of parts says whether it runs. */
async function readStored(dataDir: string, port: number): Promise<StoredSize | null> {
  try {
    const client = await connectReader({ dataDir, secrets: secretsOfStack(dataDir), port });
    try {
      return await storedSize(client);
    } finally {
      await client.end();
    }
  } catch {
    return null;
  }
}

export function diskLine({ freeBytes, stored }: DiskStatus): string {
  const free = `${megabytes(freeBytes)} free`;
  if (stored === null) return `disk: ${free}`;
  const { databaseBytes, tableBytes, closedSessions, playedSessions } = stored;
  const each =
    closedSessions === 0
      ? 'no session is closed yet'
      : `${megabytes(tableBytes / playedSessions)} for each of ${counted(closedSessions, 'closed session')}`;
  return `disk: database ${megabytes(databaseBytes)}, ${each}, ${free}`;
}

function megabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return mb >= 10_000 ? `${(mb / 1_000).toFixed(1)} GB` : `${mb.toFixed(mb < 10 ? 2 : 0)} MB`;
}
