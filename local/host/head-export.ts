/**
 * Exports the signed heads of the audit chains: at the start, every quarter of an hour while they grow, and at the end.
 * The whole log is verified at the start and once a day.
 *
 * What has grown is verified before it is signed; a chain that does not verify is left out, and trading is halted.
 */

import { setImmediate } from 'node:timers/promises';
import type { AuditReader } from '../../shared/adapters/postgres/audit/audit-rows.ts';
import type { AuditRow } from '../../shared/domain/audit/chain.ts';
import { exportEntry } from '../../shared/domain/audit/entries.ts';
import {
  FIRST_PREVIOUS,
  type HeadStatement,
  type StatedHead,
  statementDigest,
  statementText,
} from '../../shared/domain/audit/heads.ts';
import { type ChainFinding, ChainVerifier } from '../../shared/domain/audit/verify.ts';
import type { HeadChecker, HeadSigner } from '../../shared/ports/head-signer.ts';
import { appendStatement, readExportedLines } from '../../shared/runtime/audit/head-files.ts';
import type { SystemAudit } from '../../shared/runtime/audit/system-audit.ts';
import { type Exports, verifyLog } from '../../shared/runtime/audit/verify-log.ts';
import type { AuditAlarm } from './audit-alarm.ts';
import { repeat, type Repeating, type RepeatingParts } from './repeating.ts';

const INTERVAL_MS = 15 * 60_000;
const VERIFIED_EVERY_MS = 24 * 3_600_000;
/** Then the messages that wait get their turn. */
const ROWS_AT_ONCE = 500;

export interface HeadExportParts extends RepeatingParts {
  readonly dataDir: string;
  readonly reader: AuditReader;
  /** Null where there is no key yet. */
  readonly checker: () => HeadChecker | null;
  /** Whether the vault's journal still holds what was shipped of it last. */
  readonly journal: Exports['journal'];
  /** Asked at each export, so that a damaged key costs exports and nothing else. */
  readonly signer: () => HeadSigner;
  readonly audit: SystemAudit;
  readonly alarm: AuditAlarm;
}

export function startHeadExport(parts: HeadExportParts): Repeating {
  const exporter = new HeadExporter(parts);
  return repeat(parts, {
    intervalMs: INTERVAL_MS,
    work: () => exporter.export(),
    onFailure: 'heads of the audit log were not exported',
  });
}

/** @internal Exported for its tests. */
export class HeadExporter {
  readonly #parts: Omit<HeadExportParts, 'ready'>;
  readonly #exported = new Map<string, StatedHead>();
  #previous = FIRST_PREVIOUS;
  #isLoaded = false;
  #verifiedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Omit<HeadExportParts, 'ready'>) {
    this.#parts = parts;
  }

  /** Writes nothing when no chain has grown. */
  async export(): Promise<void> {
    const { reader, audit, clock } = this.#parts;
    this.#load();
    await audit.flush();
    await this.#verifyAll(clock.nowMs());
    if (this.#changed(await reader.heads()).length === 0) return;
    const signer = this.#parts.signer();
    audit.record(exportEntry(this.#previous, Math.floor(clock.nowMs())));
    await audit.flush();
    const heads: StatedHead[] = [];
    for (const head of this.#changed(await reader.heads())) {
      if (await this.#verifies(head)) heads.push(head);
    }
    await this.#write(heads, signer);
  }

  /** From the first entry on, with everything that was ever exported as a witness. */
  async #verifyAll(nowMs: number): Promise<void> {
    if (nowMs - this.#verifiedMs < VERIFIED_EVERY_MS) return;
    const { dataDir, reader, journal, alarm, logger } = this.#parts;
    const exports = { lines: readExportedLines(dataDir), checker: this.#checker(), journal };
    const report = await verifyLog(inTurns(reader.all()), exports);
    for (const finding of report.findings) alarm.raise(finding);
    // Also what a new key leaves behind, so it is reported and stops nothing.
    for (const finding of report.headFindings)
      logger.error({ ...finding }, 'an export of audit heads is not to be believed');
    this.#verifiedMs = nowMs;
    logger.info({ ok: report.ok, entries: report.entries, chains: report.chains }, 'the audit log was verified');
  }

  /** Without a key that can be read, chains are still held to themselves. */
  #checker(): HeadChecker | null {
    try {
      return this.#parts.checker();
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'exported heads cannot be checked: the key cannot be read');
      return null;
    }
  }

  #load(): void {
    if (this.#isLoaded) return;
    for (const { signed, digest } of readExportedLines(this.#parts.dataDir)) {
      if (signed !== null) this.#remember(signed.statement, digest);
    }
    this.#isLoaded = true;
  }

  #remember({ heads }: HeadStatement, digest: string): void {
    this.#previous = digest;
    for (const head of heads) this.#exported.set(head.chain, head);
  }

  #changed(heads: readonly StatedHead[]): StatedHead[] {
    return heads.filter(({ chain, hash }) => this.#exported.get(chain)?.hash !== hash);
  }

  async #verifies(head: StatedHead): Promise<boolean> {
    const finding = await this.#findingOf(head);
    if (finding === null) return true;
    this.#parts.alarm.raise(finding);
    return false;
  }

  /** What was exported last is known to be good; the rest is tied to it. */
  async #findingOf(head: StatedHead): Promise<ChainFinding | null> {
    const { chain } = head;
    const known = this.#exported.get(chain);
    if (known !== undefined && head.sequence <= known.sequence) return lostEnd(head, known);
    const verifier = new ChainVerifier(chain, [{ ...head, exported: 'now' }], known);
    const place = { chain, sequence: known?.sequence ?? 0 };
    for await (const rows of this.#parts.reader.rowsAfter(place)) for (const row of rows) verifier.add(row);
    return verifier.end();
  }

  async #write(heads: readonly StatedHead[], signer: HeadSigner): Promise<void> {
    const { dataDir, clock } = this.#parts;
    const exportedAtMs = Math.floor(clock.nowMs());
    const statement: HeadStatement = { format: 1, exportedAtMs, previous: this.#previous, heads, keyId: signer.keyId };
    await appendStatement(dataDir, { statement, signature: await signer.sign(statementText(statement)) });
    this.#remember(statement, statementDigest(statement));
  }
}

async function* inTurns(batches: AsyncIterable<readonly AuditRow[]>): AsyncIterable<readonly AuditRow[]> {
  for await (const rows of batches) {
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      yield rows.slice(from, from + ROWS_AT_ONCE);
      await setImmediate();
    }
  }
}

function lostEnd(head: StatedHead, known: StatedHead): ChainFinding {
  const detail = `the head exported last reaches entry ${known.sequence}`;
  const { chain, sequence } = head;
  if (sequence === known.sequence)
    return { chain, sequence, problem: 'altered', detail: `${detail} with another hash` };
  return { chain, sequence: sequence + 1, problem: 'missing', detail };
}
