/**
 * When heads of the audit chains are exported, and what keeps them from it.
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeadExport } from '../../../../local/host/head-export.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import type { AuditReader } from '../../../../shared/adapters/postgres/audit/audit-rows.ts';
import type { ChainFinding } from '../../../../shared/domain/audit/verify.ts';
import { readExportedLines } from '../../../../shared/runtime/audit/head-files.ts';
import { openSigningKey, readChecker, signingKeyPath } from '../../../../shared/runtime/audit/signing-key.ts';
import { SystemAudit } from '../../../../shared/runtime/audit/system-audit.ts';
import { verifyLog } from '../../../../shared/runtime/audit/verify-log.ts';
import { auditEntry, CHAIN, NO_JOURNAL } from '../../../support/database/audit-rows.ts';
import { SILENT } from '../../../support/page/page-fixture.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const QUARTER_MS = 15 * 60_000;

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-heads-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function bench() {
  const database = createMemoryDatabase();
  const clock = stepClock();
  const warnings: string[] = [];
  const logger = { ...SILENT, warn: (_fields: object, message: string) => void warnings.push(message) };
  const chains = () => [...Map.groupBy(database.tables.audit.all(), ({ chain }) => chain).entries()];
  const findings: ChainFinding[] = [];
  const alarm = { raise: (finding: ChainFinding) => void findings.push(finding) };
  const reader: AuditReader = {
    async *all() {
      yield database.tables.audit.all();
    },
    heads: async () => chains().map(([chain, rows]) => ({ chain, sequence: rows.length, hash: rows.at(-1)!.hash })),
    async *rowsAfter({ chain, sequence }) {
      yield database.tables.audit.where((row) => row.chain === chain && row.sequence > sequence);
    },
  };
  const append = (causeId: string) =>
    database.transaction(({ audit }) => audit.append({ chain: CHAIN, causeId, entries: [auditEntry()] }));
  const start = (ready: Promise<unknown> = Promise.resolve()) => {
    const audit = new SystemAudit({ database, clock, logger });
    const signer = () => openSigningKey(dataDir);
    const checker = () => (existsSync(signingKeyPath(dataDir)) ? readChecker(signingKeyPath(dataDir)) : null);
    return startHeadExport({
      dataDir,
      reader,
      signer,
      checker,
      journal: NO_JOURNAL,
      audit,
      alarm,
      clock,
      logger,
      ready,
    });
  };
  return { database, clock, warnings, findings, reader, append, start };
}

const stated = () =>
  readExportedLines(dataDir).map(({ signed }) =>
    Object.fromEntries(signed!.statement.heads.map(({ chain, sequence }) => [chain, sequence])),
  );

/** Files are written behind the clock's back. */
async function exported(count: number): Promise<void> {
  await expect.poll(() => readExportedLines(dataDir).length).toBe(count);
}

describe('heads of the audit log', () => {
  it('are exported at the start, every quarter of an hour while they grow, and at the end', async () => {
    const { clock, append, start } = bench();
    await append('a');
    const exporting = start();
    await exported(1);
    await clock.advance(QUARTER_MS);
    await append('b');
    await clock.advance(QUARTER_MS);
    await exported(2);
    await append('c');
    await exporting.stop();
    expect(stated()).toEqual([
      { [CHAIN]: 1, system: 1 },
      { [CHAIN]: 2, system: 2 },
      { [CHAIN]: 3, system: 3 },
    ]);
  });

  it('are not asked for before the database answers', async () => {
    const { append, clock, start, warnings } = bench();
    await append('a');
    const database = Promise.withResolvers<void>();
    const exporting = start(database.promise);
    await clock.advance(QUARTER_MS);
    expect([stated(), warnings]).toEqual([[], []]);
    database.resolve();
    await exporting.stop();
    expect(stated()).toHaveLength(1);
  });

  it('go on from the files after a restart, as one row of statements that verifies', async () => {
    const { database, append, start } = bench();
    for (const causeId of ['a', 'b', 'c']) {
      await append(causeId);
      await start().stop();
    }
    expect(stated().map((heads) => heads[CHAIN])).toEqual([1, 2, 3]);
    const everything = (async function* () {
      yield database.tables.audit.all();
    })();
    const checker = readChecker(signingKeyPath(dataDir));
    const report = await verifyLog(everything, { lines: readExportedLines(dataDir), checker, journal: NO_JOURNAL });
    expect(report).toMatchObject({ ok: true, exports: 3 });
  });

  it('are left out of a chain that was altered long before, and the alarm is raised at the next start', async () => {
    const { database, append, start, findings } = bench();
    for (const causeId of ['a', 'b', 'c']) await append(causeId);
    await start().stop();
    expect(findings).toEqual([]);
    const rows = database.tables.audit.all();
    database.tables.audit.put(`${CHAIN}/2`, {
      ...rows.find(({ chain, sequence }) => chain === CHAIN && sequence === 2)!,
      body: '{}',
    });
    await start().stop();
    expect(findings).toMatchObject([{ chain: CHAIN, sequence: 2, problem: 'altered' }]);
  });

  it('are missed with a warning, and nothing else, while the database is away or the key is damaged', async () => {
    const { database, append, start, warnings } = bench();
    await append('a');
    writeFileSync(signingKeyPath(dataDir), 'damaged');
    await start().stop();
    rmSync(signingKeyPath(dataDir));
    database.failNext(new Error('away'));
    await start().stop();
    expect(new Set(warnings)).toEqual(
      new Set([
        'exported heads cannot be checked: the key cannot be read',
        'heads of the audit log were not exported',
        'audit entries wait for the database',
      ]),
    );
    await start().stop();
    expect(stated().at(-1)?.[CHAIN]).toBe(1);
  });
});
