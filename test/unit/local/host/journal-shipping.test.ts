/**
 * The vault's journal in the audit log: every line once and in order, whatever dies in between, and a journal that
 * lost what was shipped is distinct from one that was moved aside.
 */

import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalShipper, journalFinding } from '../../../../local/host/journal-shipping.ts';
import { openJournal } from '../../../../local/vault/store/journal.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import type { AuditReader } from '../../../../shared/adapters/postgres/audit/audit-rows.ts';
import { VAULT_CHAIN } from '../../../../shared/domain/audit/chain.ts';
import { shippedLine } from '../../../../shared/domain/audit/entries.ts';
import { type ChainFinding, ChainVerifier } from '../../../../shared/domain/audit/verify.ts';
import type { Database } from '../../../../shared/ports/repositories.ts';
import { SILENT } from '../../../support/page/page-fixture.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

let root: string;
let journalDir: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jules-shipping-'));
  journalDir = join(root, 'vault-journal');
});
afterEach(() => rmSync(root, { recursive: true }));

/** Small files, so that lines lie in several. */
async function note(...secrets: readonly string[]): Promise<void> {
  const journal = await openJournal(journalDir, 400);
  const about = { atMs: 1_000.5, kind: 'access', operation: 'GetSecretValue', actor: 'host', versionId: null } as const;
  for (const secret of secrets) await journal.record({ ...about, secret, outcome: 'ok' });
  await journal.close();
}

function bench() {
  const database = createMemoryDatabase();
  const findings: ChainFinding[] = [];
  const rows = () => database.tables.audit.where(({ chain }) => chain === VAULT_CHAIN);
  const reader: AuditReader = {
    async *all() {
      yield rows();
    },
    heads: async () => rows().slice(-1),
    async *rowsAfter({ sequence }) {
      yield rows().filter((row) => row.sequence > sequence);
    },
  };
  const alarm = { raise: (finding: ChainFinding) => void findings.push(finding) };
  /** As after a start: nothing is remembered. */
  const shipper = (given: Database = database) =>
    new JournalShipper({ journalDir, database: given, reader, alarm, clock: stepClock(), logger: SILENT });
  const shipped = () => rows().map(({ body }) => (JSON.parse(body) as { secret: string }).secret);
  return { database, findings, rows, shipper, shipped };
}

function isWhole(rows: ReturnType<ReturnType<typeof bench>['rows']>): boolean {
  const verifier = new ChainVerifier(VAULT_CHAIN, []);
  for (const row of rows) verifier.add(row);
  return verifier.end() === null;
}

describe('a journal', () => {
  it('is shipped line by line, and goes on where it was after a restart', async () => {
    const { shipper, shipped, rows, findings } = bench();
    await note('a', 'b', 'c');
    const first = shipper();
    expect(await first.ship()).toBe(3);
    await note('d');
    expect(await first.ship()).toBe(1);
    await note('e', 'f');
    expect(await shipper().ship()).toBe(2);
    expect(await shipper().ship()).toBe(0);
    expect(shipped()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(rows().map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([isWhole(rows()), findings]).toEqual([true, []]);
  });

  it('is shipped once, whether the commit failed, or held unheard', async () => {
    const { database, shipper, shipped } = bench();
    await note('a', 'b');
    const dying = shipper();
    database.failNext(new Error('away'));
    await expect(dying.ship()).rejects.toThrow('away');
    expect(await dying.ship()).toBe(2);
    await note('c');
    const deaf: Database = {
      ...database,
      async transaction(work) {
        await database.transaction(work);
        throw new Error('unheard');
      },
    };
    await expect(shipper(deaf).ship()).rejects.toThrow('unheard');
    expect(await shipper().ship()).toBe(0);
    expect(shipped()).toEqual(['a', 'b', 'c']);
  });

  it('whose last line is being written is shipped up to it', async () => {
    const { shipper, shipped } = bench();
    await note('a');
    const path = join(journalDir, 'journal-000001.jsonl');
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"sequence":2,`);
    expect(await shipper().ship()).toBe(1);
    await note('b');
    expect(await shipper().ship()).toBe(1);
    expect(shipped()).toEqual(['a', 'b']);
  });

  it('that was altered before it was shipped raises the alarm, and nothing behind that line is shipped', async () => {
    const { shipper, shipped, findings } = bench();
    await note('a', 'b');
    const path = join(journalDir, 'journal-000001.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"secret":"a"', '"secret":"x"'));
    expect(await shipper().ship()).toBe(0);
    expect(shipped()).toEqual([]);
    expect(findings).toMatchObject([{ chain: VAULT_CHAIN, sequence: 1, problem: 'altered' }]);
  });

  it.each([
    ['was cut off', () => writeFileSync(join(journalDir, 'journal-000001.jsonl'), '')],
    ['was removed', () => rmSync(journalDir, { recursive: true })],
  ])('that %s behind what was shipped raises the alarm, and so does the verification', async (_how, lose) => {
    const { shipper, rows, findings } = bench();
    await note('a');
    await shipper().ship();
    lose();
    await note('b');
    expect(await shipper().ship()).toBe(0);
    expect(findings).toMatchObject([{ chain: VAULT_CHAIN, sequence: 1, problem: 'missing' }]);
    expect(await journalFinding(journalDir, rows().at(-1)!)).toMatchObject({ sequence: 1, problem: 'missing' });
  });

  it('that was moved aside is followed by a new one in the same chain', async () => {
    const { shipper, rows, shipped, findings } = bench();
    await note('a', 'b');
    await shipper().ship();
    renameSync(journalDir, `${journalDir}.before-20260105`);
    await note('c');
    const restarted = shipper();
    expect(await restarted.ship()).toBe(1);
    await note('d');
    expect(await restarted.ship()).toBe(1);
    expect(shipped()).toEqual(['a', 'b', 'c', 'd']);
    expect(rows().map((row) => shippedLine(row)?.sequence)).toEqual([1, 2, 1, 2]);
    expect([isWhole(rows()), findings, await journalFinding(journalDir, rows().at(-1)!)]).toEqual([true, [], null]);
  });
});
