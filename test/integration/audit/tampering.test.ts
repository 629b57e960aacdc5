/**
 * Every kind of hand in the audit log of a real server, by SQL and in the exported heads: verification names the first
 * entry that is not as it was written, and nobody but the owner can do any of it.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HeadExporter } from '../../../local/host/head-export.ts';
import { auditRows, createAuditReader } from '../../../shared/adapters/postgres/audit/audit-rows.ts';
import { type AuditRow, SYSTEM_CHAIN } from '../../../shared/domain/audit/chain.ts';
import { accessEntry } from '../../../shared/domain/audit/entries.ts';
import type { ChainFinding } from '../../../shared/domain/audit/verify.ts';
import { AUDIT_HEADS_FOLDER, readExportedLines } from '../../../shared/runtime/audit/head-files.ts';
import { openSigningKey, readChecker, signingKeyPath } from '../../../shared/runtime/audit/signing-key.ts';
import { SystemAudit } from '../../../shared/runtime/audit/system-audit.ts';
import { type LogReport, verifyLog } from '../../../shared/runtime/audit/verify-log.ts';
import { auditEntry, NO_JOURNAL } from '../../support/database/audit-rows.ts';
import { SILENT } from '../../support/page/page-fixture.ts';
import { startTestPostgres, type TestPostgres } from '../../support/database/postgres.ts';
import { stepClock } from '../../support/core/step-clock.ts';

const RISK = 'run-1/risk';
const FILLS = 'run-1/fills';
const ENTRIES = 40;
/** How long each chain was at the first of two exports. */
const EXPORTED_AT = 20;
const FAR = 1_000_000;

/** The canonical text and its hash in another language. */
const HASH_OF_ROW = `encode(sha256(convert_to(previous_hash || '[' || sequence || ',' || to_json(chain) || ',' || to_json(kind)
  || ',' || event_ms || ',' || to_json(cause_id) || ',' || body || ']', 'UTF8')), 'hex')`;

let postgres: TestPostgres;
let owner: Pool;
let reader: Pool;
let dataDir: string;
let exporter: HeadExporter;

beforeAll(async () => {
  postgres = await startTestPostgres();
  [owner, reader] = [postgres.pool('owner'), postgres.pool('reader')];
  dataDir = mkdtempSync(join(tmpdir(), 'jules-audit-'));
  const clock = stepClock(1_795_500_000_000);
  const audit = new SystemAudit({ database: postgres.database, clock, logger: SILENT });
  const signer = () => openSigningKey(dataDir);
  const checker = () => null;
  const parts = { dataDir, reader: createAuditReader(reader), signer, checker, journal: NO_JOURNAL, audit, clock };
  exporter = new HeadExporter({ ...parts, alarm: { raise: () => undefined }, logger: SILENT });
  for (let at = 1; at <= ENTRIES; at++) {
    for (const chain of [RISK, FILLS]) await append(chain, at);
    if (at === 7)
      audit.record(accessEntry({ method: 'POST', route: '/', outcome: 'refused', status: 401, detail: '' }, 7));
    if (at === EXPORTED_AT || at === ENTRIES) await exporter.export();
  }
  await owner.query('CREATE TABLE untouched AS SELECT * FROM audit_log');
});
afterAll(async () => {
  await postgres.stop();
  rmSync(dataDir, { recursive: true });
});
afterEach(async () => {
  await owner.query('TRUNCATE audit_log');
  await owner.query('INSERT INTO audit_log SELECT * FROM untouched');
});

function append(chain: string, at: number): Promise<void> {
  const entries = [auditEntry({ eventMs: at, body: `{"at":${at}}` })];
  return postgres.database.transaction(({ audit }) => audit.append({ chain, causeId: `cause/${at}`, entries }));
}

async function verify(key = signingKeyPath(dataDir)): Promise<LogReport> {
  const client = await reader.connect();
  try {
    return await verifyLog(auditRows(client), {
      lines: readExportedLines(dataDir),
      checker: readChecker(key),
      journal: NO_JOURNAL,
    });
  } finally {
    client.release();
  }
}

async function tamper(statements: string): Promise<readonly ChainFinding[]> {
  await owner.query(statements);
  return (await verify()).findings;
}

const at = (sequence: number) => `chain = '${RISK}' AND sequence = ${sequence}`;
/** In two steps, since the key is checked row by row. */
const shift = (from: number, by: number) => `
  UPDATE audit_log SET sequence = sequence + ${FAR} WHERE chain = '${RISK}' AND sequence >= ${from};
  UPDATE audit_log SET sequence = sequence - ${FAR} + ${by} WHERE chain = '${RISK}' AND sequence > ${FAR};`;
const forge = (sequence: number) => `
  INSERT INTO audit_log SELECT chain, ${sequence}, kind, event_ms, '', '{"forged":true}', hash, '' FROM audit_log
    WHERE ${at(sequence - 1)};
  UPDATE audit_log SET hash = ${HASH_OF_ROW} WHERE ${at(sequence)};`;

describe('a log as it was written', () => {
  it('verifies, with every export of its heads', async () => {
    expect(await verify()).toEqual({
      ok: true,
      entries: 2 * ENTRIES + 3,
      chains: 3,
      exports: 2,
      findings: [],
      headFindings: [],
    });
  });

  it('has the hashes that Postgres computes by itself', async () => {
    const { rows } = await reader.query(`SELECT chain, sequence FROM audit_log WHERE hash <> ${HASH_OF_ROW}`);
    expect(rows).toEqual([]);
  });

  it('is not touched by the application, which can only add to it', async () => {
    const app = postgres.pool('app');
    for (const statement of ['UPDATE audit_log SET body = $$x$$', 'DELETE FROM audit_log', 'TRUNCATE audit_log']) {
      await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
    const again = app.query(`INSERT INTO audit_log VALUES ('${RISK}', 5, 'order', 1, '', '{}', '', '')`);
    await expect(again).rejects.toMatchObject({ code: '23505' });
  });

  it('refuses the second of two writers of one chain', async () => {
    const entries = [auditEntry()];
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const write = (causeId: string, appended: () => void, goOn: Promise<void>) =>
      postgres.database.transaction(async ({ audit }) => {
        await audit.append({ chain: 'run-2/risk', causeId, entries });
        appended();
        await goOn;
      });
    const earlier = write('a', first.resolve, second.promise);
    await first.promise;
    await expect(write('b', second.resolve, Promise.resolve())).rejects.toMatchObject({ code: '23505' });
    await earlier;
    await write('c', () => undefined, Promise.resolve());
    expect((await verify()).findings).toEqual([]);
  });
});

describe('a hand in the database', () => {
  it.each<[string, string, ChainFinding['problem'], number]>([
    ['alters a text', `UPDATE audit_log SET body = '{}' WHERE ${at(12)}`, 'altered', 12],
    ['alters a kind', `UPDATE audit_log SET kind = 'order' WHERE ${at(12)}`, 'altered', 12],
    ['alters a time', `UPDATE audit_log SET event_ms = ${Number.MAX_SAFE_INTEGER}00 WHERE ${at(12)}`, 'altered', 12],
    ['alters a hash', `UPDATE audit_log SET hash = reverse(hash) WHERE ${at(12)}`, 'altered', 12],
    ['alters the first entry', `UPDATE audit_log SET body = '{}' WHERE ${at(1)}`, 'altered', 1],
    ['alters the last entry', `UPDATE audit_log SET body = '{}' WHERE ${at(ENTRIES)}`, 'altered', ENTRIES],
    [
      'alters a text and makes the hash fit',
      `UPDATE audit_log SET body = '{}' WHERE ${at(12)}; UPDATE audit_log SET hash = ${HASH_OF_ROW} WHERE ${at(12)}`,
      'altered',
      12,
    ],
    ['deletes an entry', `DELETE FROM audit_log WHERE ${at(12)}`, 'missing', 12],
    ['deletes the first entry', `DELETE FROM audit_log WHERE ${at(1)}`, 'missing', 1],
    ['deletes an entry and closes the gap', `DELETE FROM audit_log WHERE ${at(12)}; ${shift(13, -1)}`, 'missing', 12],
    ['cuts off the end', `DELETE FROM audit_log WHERE chain = '${RISK}' AND sequence > 31`, 'missing', 32],
    ['deletes the whole chain', `DELETE FROM audit_log WHERE chain = '${RISK}'`, 'missing', 1],
    [
      'exchanges two entries',
      `UPDATE audit_log SET sequence = ${FAR} WHERE ${at(12)};
       UPDATE audit_log SET sequence = 12 WHERE ${at(25)};
       UPDATE audit_log SET sequence = 25 WHERE ${at(FAR)}`,
      'reordered',
      12,
    ],
    [
      'exchanges what two neighbours say',
      `UPDATE audit_log a SET (event_ms, cause_id, body) = (SELECT b.event_ms, b.cause_id, b.body FROM audit_log b
         WHERE b.chain = a.chain AND b.sequence = 25 - a.sequence) WHERE chain = '${RISK}' AND sequence IN (12, 13)`,
      'reordered',
      12,
    ],
    ['puts an entry in between', `${shift(12, 1)} ${forge(12)}`, 'inserted', 12],
    [
      'adds an entry far behind the end',
      `INSERT INTO audit_log SELECT chain, ${FAR}, kind, event_ms, cause_id, body,
       previous_hash, hash FROM audit_log WHERE ${at(12)}`,
      'missing',
      ENTRIES + 1,
    ],
  ])('%s', async (_deed, statements, problem, sequence) => {
    const findings = await tamper(statements);
    expect(findings).toMatchObject([{ chain: RISK, problem, sequence }]);
  });

  it('alters several chains, and the first entry of each is named', async () => {
    const findings = await tamper(
      `UPDATE audit_log SET body = '{}' WHERE sequence IN (9, 12) AND chain IN ('${RISK}', '${FILLS}')`,
    );
    expect(findings).toMatchObject([
      { chain: FILLS, problem: 'altered', sequence: 9 },
      { chain: RISK, problem: 'altered', sequence: 9 },
    ]);
  });

  it('recomputes a chain, and the exported heads say from where on', async () => {
    await owner.query(`UPDATE audit_log SET body = '{}' WHERE ${at(30)}`);
    for (let sequence = 30; sequence <= ENTRIES; sequence++) {
      await owner.query(`UPDATE audit_log SET hash = ${HASH_OF_ROW} WHERE ${at(sequence)}`);
      await owner.query(`UPDATE audit_log SET previous_hash = (SELECT hash FROM audit_log WHERE ${at(sequence)})
        WHERE ${at(sequence + 1)}`);
    }
    const { findings } = await verify();
    expect(findings).toMatchObject([{ chain: RISK, problem: 'altered', sequence: EXPORTED_AT + 1 }]);
  });
});

describe('a hand in the exported heads', () => {
  let kept: [string, string][];

  beforeAll(() => {
    kept = files().map((name) => [name, readFileSync(pathOf(name), 'utf8')]);
  });
  afterEach(() => {
    for (const [name, text] of kept) writeFileSync(pathOf(name), text);
  });

  const pathOf = (name: string): string => join(dataDir, AUDIT_HEADS_FOLDER, name);
  const files = (): string[] =>
    readdirSync(join(dataDir, AUDIT_HEADS_FOLDER)).filter((name) => name.endsWith('.jsonl'));
  const edit = (change: (text: string) => string): void => {
    for (const name of files()) writeFileSync(pathOf(name), change(readFileSync(pathOf(name), 'utf8')));
  };
  const problems = async () => (await verify()).headFindings.map(({ problem }) => problem);

  it('is named where it changes a statement', async () => {
    edit((text) => text.replaceAll('"sequence":40', '"sequence":39'));
    expect(await problems()).toEqual(['unsigned']);
  });

  it('is noticed where it takes a statement away, since the next one and the log name it', async () => {
    edit((text) => text.split('\n').slice(3).join('\n'));
    expect(await problems()).toEqual(['missing', 'missing']);
    for (const name of files()) rmSync(pathOf(name));
    expect(await problems()).toEqual(['missing']);
  });

  it('is noticed where it signs with a key of its own', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'jules-audit-key-'));
    openSigningKey(elsewhere);
    const report = await verify(signingKeyPath(elsewhere));
    expect(report.headFindings.map(({ problem }) => problem)).toEqual(['unsigned', 'unsigned']);
    rmSync(elsewhere, { recursive: true });
  });

  it('is not suspected where a crash left half a line', async () => {
    edit((text) => `${text}{"format":1,"exportedAt`);
    expect(await problems()).toEqual([]);
  });
});

describe('the export of heads', () => {
  it('writes nothing while nothing grows', async () => {
    const before = readExportedLines(dataDir).length;
    await exporter.export();
    expect(readExportedLines(dataDir)).toHaveLength(before);
  });

  it('does not sign a chain that does not verify, and signs the others', async () => {
    await append(RISK, 41);
    await append(FILLS, 41);
    await owner.query(`UPDATE audit_log SET body = '{}' WHERE ${at(41)}`);
    await exporter.export();
    const chains = readExportedLines(dataDir)
      .at(-1)
      ?.signed?.statement.heads.map(({ chain }) => chain);
    expect(chains).toEqual([FILLS, SYSTEM_CHAIN]);
  });

  it('signs again what a key file read from the disk can check', () => {
    const [line] = readExportedLines(dataDir);
    expect(readChecker(signingKeyPath(dataDir)).keyId).toBe(line?.signed?.statement.keyId);
    expect(openSigningKey(dataDir).keyId).toBe(line?.signed?.statement.keyId);
  });
});

describe('the stream of rows', () => {
  it('gives each row once, in the order of the chains, over any number of batches', async () => {
    await owner.query(
      `INSERT INTO audit_log SELECT 'long', n, 'order', n, '', '{}', '', '' FROM generate_series(1, 12000) n`,
    );
    const client = await reader.connect();
    const seen: AuditRow[] = [];
    for await (const rows of auditRows(client)) seen.push(...rows);
    client.release();
    expect(seen).toHaveLength(12_000 + 2 * ENTRIES + 3);
    expect(seen.slice(0, 12_000).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 12_000 }, (_, n) => n + 1),
    );
  });
});
