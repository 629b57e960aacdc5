/**
 * Ships the vault's journal into the audit log as a chain of its own: in order, each line once, verified on the way.
 *
 * The chain itself says how far it has come: its last entry names the line it was, so a crash between the two costs a
 * repetition that is recognised. The journal is only read. One that no longer holds the line shipped last has lost
 * what was already witnessed, which is a broken audit.
 */

import { VaultError } from '../vault/store/errors.ts';
import { JOURNAL_START, type JournalLine, type JournalPlace } from '../vault/store/journal-line.ts';
import { holdsLine, JournalTail, journalsAside } from '../vault/store/journal-tail.ts';
import type { AuditReader } from '../../shared/adapters/postgres/audit/audit-rows.ts';
import { EMPTY_CHAIN, VAULT_CHAIN } from '../../shared/domain/audit/chain.ts';
import { secretEntry, shippedLine } from '../../shared/domain/audit/entries.ts';
import type { ChainFinding } from '../../shared/domain/audit/verify.ts';
import type { Database } from '../../shared/ports/repositories.ts';
import type { AuditAlarm } from './audit-alarm.ts';
import { repeat, type Repeating, type RepeatingParts } from './repeating.ts';

const INTERVAL_MS = 5_000;
const BATCH = 500;

export interface JournalShippingParts extends RepeatingParts {
  readonly journalDir: string;
  readonly database: Database;
  readonly reader: AuditReader;
  readonly alarm: AuditAlarm;
}

export function startJournalShipping(parts: JournalShippingParts): Repeating {
  const shipper = new JournalShipper(parts);
  return repeat(parts, {
    intervalMs: INTERVAL_MS,
    work: () => shipper.ship(),
    onFailure: "the vault's journal was not shipped into the audit log: tried again later",
  });
}

/** @internal Exported for its tests. */
export class JournalShipper {
  readonly #parts: Omit<JournalShippingParts, 'ready'>;
  readonly #tail: JournalTail;
  /** What the chain ends with; null: ask the database. */
  #shipped: { readonly place: JournalPlace; readonly sequence: number } | null = null;

  constructor(parts: Omit<JournalShippingParts, 'ready'>) {
    this.#parts = parts;
    this.#tail = new JournalTail(parts.journalDir);
  }

  /** Returns how many lines were shipped. */
  async ship(): Promise<number> {
    let count = 0;
    for (;;) {
      const lines = await this.#next();
      if (lines.length === 0) return count;
      await this.#append(lines);
      count += lines.length;
    }
  }

  async #next(): Promise<readonly JournalLine[]> {
    const { place, sequence } = (this.#shipped ??= await this.#readShipped());
    try {
      const lines = await this.#tail.read(place, BATCH);
      if (lines !== null) return lines;
      // Whoever found the journal altered has moved it aside, and another has begun.
      if (isAside(this.#parts.journalDir, place)) return (await this.#tail.read(JOURNAL_START, BATCH)) ?? [];
      this.#broken({ sequence, problem: 'missing', detail: lostLine(place) });
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      this.#broken({ sequence: sequence + 1, problem: 'altered', detail: error.message });
    }
    return [];
  }

  async #append(lines: readonly JournalLine[]): Promise<void> {
    const last = lines.at(-1)!;
    const before = this.#shipped!;
    // Nothing is known until the commit is heard of.
    this.#shipped = null;
    const entries = lines.map(({ sequence, hash, event }) => secretEntry(event, { sequence, hash }));
    await this.#parts.database.transaction(({ audit }) =>
      audit.append({ chain: VAULT_CHAIN, causeId: `vault/${last.sequence}/${last.hash.slice(0, 16)}`, entries }),
    );
    this.#shipped = { place: last, sequence: before.sequence + lines.length };
  }

  async #readShipped(): Promise<{ place: JournalPlace; sequence: number }> {
    const { reader } = this.#parts;
    const head = (await reader.heads()).find(({ chain }) => chain === VAULT_CHAIN);
    if (head === undefined) return { place: JOURNAL_START, sequence: EMPTY_CHAIN.sequence };
    let place: JournalPlace | null = null;
    for await (const rows of reader.rowsAfter({ chain: VAULT_CHAIN, sequence: head.sequence - 1 })) {
      for (const row of rows) place = shippedLine(row);
    }
    if (place !== null) return { place, sequence: head.sequence };
    this.#broken({ sequence: head.sequence, problem: 'altered', detail: 'it names no line of the journal' });
    throw new Error(`entry ${head.sequence} of chain ${VAULT_CHAIN} names no line of the journal`);
  }

  #broken(finding: Omit<ChainFinding, 'chain'>): void {
    this.#parts.alarm.raise({ chain: VAULT_CHAIN, ...finding });
  }
}

/** For `audit verify`: whether what was shipped last is still in the journal, and the journal whole. Null: it is. */
export async function journalFinding(
  journalDir: string,
  last: { readonly sequence: number; readonly kind: string; readonly body: string },
): Promise<ChainFinding | null> {
  const at = { chain: VAULT_CHAIN, sequence: last.sequence };
  const place = shippedLine(last);
  if (place === null) return { ...at, problem: 'altered', detail: 'it names no line of the journal' };
  try {
    const isThere = (await new JournalTail(journalDir).read(place, Number.POSITIVE_INFINITY)) !== null;
    if (isThere || isAside(journalDir, place)) return null;
    return { ...at, problem: 'missing', detail: lostLine(place) };
  } catch (error) {
    if (error instanceof VaultError) return { ...at, problem: 'altered', detail: error.message };
    throw error;
  }
}

function lostLine({ sequence }: JournalPlace): string {
  return `it was line ${sequence} of the vault's journal, which no longer holds that line`;
}

/** One that was altered is not whole, and still shows that it was kept: what it said is in the log. */
function isAside(journalDir: string, place: JournalPlace): boolean {
  return journalsAside(journalDir).some((dir) => holdsLine(dir, place));
}
