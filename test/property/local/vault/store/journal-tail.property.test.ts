/**
 * Whatever is done to the journal's file, nothing is read from it that does not follow from the line before.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VaultError } from '../../../../../local/vault/store/errors.ts';
import { openJournal } from '../../../../../local/vault/store/journal.ts';
import { JOURNAL_START } from '../../../../../local/vault/store/journal-line.ts';
import { JournalTail } from '../../../../../local/vault/store/journal-tail.ts';

let dir: string;
let path: string;
let whole: Buffer;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jules-tail-'));
  path = join(dir, 'journal-000001.jsonl');
  const journal = await openJournal(dir);
  const about = { atMs: 1, kind: 'access', operation: 'GetSecretValue', actor: 'a', versionId: null } as const;
  for (const secret of ['a', 'b', 'c']) await journal.record({ ...about, secret, outcome: 'ok' });
  await journal.close();
  whole = readFileSync(path);
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Names of the secrets in the lines that were read; null: refused. */
async function read(bytes: Uint8Array): Promise<(string | null)[] | null> {
  writeFileSync(path, bytes);
  try {
    const lines = await new JournalTail(dir).read(JOURNAL_START, 100);
    return lines!.map(({ event }) => event.secret);
  } catch (error) {
    if (error instanceof VaultError && error.code === 'JOURNAL_ALTERED') return null;
    throw error;
  }
}

describe('a journal', () => {
  it('with bytes altered, taken away or added is refused, or read as far as it is whole', async () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      insert: fc.uint8Array({ maxLength: 4 }),
      remove: fc.integer({ min: 0, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, insert, remove }) => {
        const from = Math.floor(at * (whole.length + 1));
        const bytes = Buffer.concat([whole.subarray(0, from), insert, whole.subarray(from + remove)]);
        const secrets = (await read(bytes)) ?? [];
        expect(['a', 'b', 'c'].slice(0, secrets.length)).toEqual(secrets);
      }),
      { numRuns: 300 },
    );
  });

  it('of any content at all gives nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => Buffer.from(`${text}\n`)),
        ),
        async (bytes) => {
          expect((await read(bytes)) ?? []).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
