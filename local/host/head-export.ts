/**
 * Exports the signed heads of the audit chains: at the start, every quarter of an hour while they grow, and at the end.
 *
 * What has grown is verified before it is signed; a chain that does not verify is left out, and the log says so.
 */

import type { AuditReader } from '../../shared/adapters/postgres/audit-rows.ts';
import { exportEntry } from '../../shared/domain/audit/entries.ts';
import {
  FIRST_PREVIOUS,
  type HeadStatement,
  type StatedHead,
  statementDigest,
  statementText,
} from '../../shared/domain/audit/heads.ts';
import { type ChainFinding, ChainVerifier } from '../../shared/domain/audit/verify.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { HeadSigner } from '../../shared/ports/head-signer.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import { appendStatement, readExportedLines } from '../../shared/runtime/audit/head-files.ts';
import type { SystemAudit } from '../../shared/runtime/audit/system-audit.ts';

const INTERVAL_MS = 15 * 60_000;

export interface HeadExportParts {
  readonly dataDir: string;
  readonly reader: AuditReader;
  /** Asked at each export, so that a damaged key costs exports and nothing else. */
  readonly signer: () => HeadSigner;
  readonly audit: SystemAudit;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves when the database answers. */
  readonly ready: Promise<unknown>;
}

export interface HeadExport {
  /** Exports once more, while the database still answers. */
  stop(): Promise<void>;
}

export function startHeadExport(parts: HeadExportParts): HeadExport {
  const { ready, clock, logger } = parts;
  const stopping = new AbortController();
  const exporter = new HeadExporter(parts);
  const attempt = async (): Promise<void> => {
    try {
      await exporter.export();
    } catch (error) {
      logger.warn({ err: error }, 'heads of the audit log were not exported');
    }
  };
  const running = (async () => {
    await ready;
    while (!stopping.signal.aborted) {
      await attempt();
      await clock.sleep(INTERVAL_MS, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
      await attempt();
    },
  };
}

/** @internal Exported for its tests. */
export class HeadExporter {
  readonly #parts: Omit<HeadExportParts, 'ready'>;
  readonly #exported = new Map<string, StatedHead>();
  #previous = FIRST_PREVIOUS;
  #isLoaded = false;

  constructor(parts: Omit<HeadExportParts, 'ready'>) {
    this.#parts = parts;
  }

  /** Writes nothing when no chain has grown. */
  async export(): Promise<void> {
    const { reader, audit, clock } = this.#parts;
    this.#load();
    await audit.flush();
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
    this.#parts.logger.error(
      { ...finding },
      'the audit log was tampered with: ./jules audit verify has the whole of it',
    );
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

function lostEnd(head: StatedHead, known: StatedHead): ChainFinding {
  const detail = `the head exported last reaches entry ${known.sequence}`;
  const { chain, sequence } = head;
  if (sequence === known.sequence)
    return { chain, sequence, problem: 'altered', detail: `${detail} with another hash` };
  return { chain, sequence: sequence + 1, problem: 'missing', detail };
}
