/**
 * How the disk is described to a person.
 */

import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { diskLine, diskStatus } from '../../../../../../local/cli/commands/status/disk.ts';

const stored = { databaseBytes: 10_400_000, tableBytes: 1_800_000, closedSessions: 3, playedSessions: 3 };

describe('the disk of a data folder', () => {
  it.each([
    [
      { freeBytes: 41_234_000_000, stored },
      'disk: database 10 MB, 0.60 MB for each of 3 closed sessions, 41.2 GB free',
    ],
    [
      { freeBytes: 900_000_000, stored: { ...stored, closedSessions: 1, playedSessions: 1 } },
      'disk: database 10 MB, 1.80 MB for each of 1 closed session, 900 MB free',
    ],
    [
      { freeBytes: 900_000_000, stored: { ...stored, closedSessions: 1, playedSessions: 1.8 } },
      'disk: database 10 MB, 1.00 MB for each of 1 closed session, 900 MB free',
    ],
    [
      { freeBytes: 900_000_000, stored: { ...stored, closedSessions: 0, playedSessions: 0.2 } },
      'disk: database 10 MB, no session is closed yet, 900 MB free',
    ],
    [{ freeBytes: 0, stored: null }, 'disk: 0.00 MB free'],
  ])('is one line (%#)', (status, line) => {
    expect(diskLine(status)).toBe(line);
  });

  it('is known in part where no database runs', async () => {
    const status = await diskStatus(tmpdir(), null);
    expect(status.stored).toBeNull();
    expect(status.freeBytes).toBeGreaterThan(0);
  });
});
