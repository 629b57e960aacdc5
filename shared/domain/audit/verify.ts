/**
 * Verifies one chain of the audit log, row by row, and names the first entry that is not as it was written.
 *
 * Each row holds the hash of the one before it, so that a row which was changed together with its own hash is found out
 * from the honest one behind it. Heads exported elsewhere show what was cut off the end or rewritten as a whole.
 */

import { type AuditRow, EMPTY_CHAIN, entryHash } from './chain.ts';

export type ChainProblem = 'altered' | 'missing' | 'reordered' | 'inserted';

export interface ChainFinding {
  readonly chain: string;
  readonly sequence: number;
  readonly problem: ChainProblem;
  readonly detail: string;
}

/** How far a chain had come when its head was exported. */
export interface ExportedHead {
  readonly sequence: number;
  readonly hash: string;
  /** When it was exported, as text for people. */
  readonly exported: string;
}

interface Link {
  readonly sequence: number;
  readonly hash: string;
}

/** How far a moved row is looked for on either side of where it stands. */
const MOVE_MAX = 1_000;

export class ChainVerifier {
  readonly chain: string;
  /** Rows found as they were written. */
  verified = 0;
  finding: ChainFinding | null = null;
  readonly #heads: readonly ExportedHead[];
  #nextHead = 0;
  #last: Link;
  #beforeLast: Link | null = null;
  /** A row that does not fit; the one behind it tells why. */
  #suspect: AuditRow | null = null;

  /** `after`: an entry known to be good, where verification goes on behind it. Heads by sequence. */
  constructor(chain: string, heads: readonly ExportedHead[], after: Link = EMPTY_CHAIN) {
    this.chain = chain;
    this.#heads = heads.filter(({ sequence }) => sequence > after.sequence);
    this.#last = after;
  }

  /** Rows by sequence; what comes behind a finding is not looked at. */
  add(row: AuditRow): void {
    if (this.finding !== null) return;
    if (this.#suspect !== null) this.#settle(this.#suspect, row);
    else if (row.sequence !== this.#last.sequence + 1) this.#outOfSequence(row);
    else if (row.previousHash !== this.#last.hash || entryHash(row) !== row.hash) this.#suspect = row;
    else this.#accept(row);
  }

  /** After the last row. */
  end(): ChainFinding | null {
    if (this.finding === null && this.#suspect !== null) this.#settle(this.#suspect, null);
    const head = this.#heads.at(-1);
    if (this.finding === null && head !== undefined && head.sequence > this.#last.sequence) {
      const detail = `the chain ends here, and the head exported ${head.exported} reaches entry ${head.sequence}`;
      this.#find('missing', this.#last.sequence + 1, detail);
    }
    return this.finding;
  }

  #accept(row: AuditRow): void {
    this.#beforeLast = this.#last;
    this.#last = row;
    this.verified += 1;
    for (; this.#heads[this.#nextHead]?.sequence === row.sequence; this.#nextHead += 1) {
      if (this.#heads[this.#nextHead]!.hash !== row.hash) return this.#rewritten(this.#nextHead);
    }
  }

  /** Every hash fits the next, but not what had been exported: the chain was recomputed. */
  #rewritten(at: number): void {
    const head = this.#heads[at]!;
    const from = (this.#heads[at - 1]?.sequence ?? 0) + 1;
    const which = from === head.sequence ? 'this entry was' : `one or more of the entries to ${head.sequence} were`;
    this.#find(
      'altered',
      from,
      `${which} rewritten with all hashes behind: the head exported ${head.exported} differs`,
    );
  }

  #outOfSequence(row: AuditRow): void {
    const expected = this.#last.sequence + 1;
    if (row.sequence < expected) this.#find('inserted', row.sequence, 'there are two entries of this sequence');
    else if (row.sequence === expected + 1) this.#find('missing', expected, 'it was deleted');
    else this.#find('missing', expected, `it and all others before entry ${row.sequence} were deleted`);
  }

  #settle(suspect: AuditRow, next: AuditRow | null): void {
    const { sequence } = suspect;
    const last = this.#last;
    const from = originOf(suspect);
    if (next !== null && from === null && isSwapped(suspect, next)) {
      return this.#find('reordered', sequence, `it holds what entry ${next.sequence} was, and the other way round`);
    }
    if (from === sequence - 1 && suspect.previousHash === this.#beforeLast?.hash) {
      return this.#find('inserted', last.sequence, `the entry behind it was entry ${from} before`);
    }
    if (next?.previousHash === last.hash && from !== next.sequence) {
      return this.#find('inserted', sequence, `what follows it continues entry ${last.sequence}`);
    }
    if (from !== null && from !== sequence) return this.#moved(suspect, from, next);
    if (from === sequence && last.sequence > 0) {
      const detail = `its hash was recomputed: entry ${sequence} continues another one`;
      return this.#find('altered', last.sequence, detail);
    }
    this.#find('altered', sequence, 'its hash does not fit what it says');
  }

  /** The row is genuine but stood elsewhere: either rows changed places, or the ones between are gone. */
  #moved(suspect: AuditRow, from: number, next: AuditRow | null): void {
    const { sequence } = suspect;
    const shift = from - sequence;
    const isRenumbered = shift > 0 && (next === null || originOf(next) === next.sequence + shift);
    if (isRenumbered) this.#find('missing', sequence, `it was deleted, and entry ${from} was put in its place`);
    else this.#find('reordered', sequence, `entry ${from} is in its place`);
  }

  #find(problem: ChainProblem, sequence: number, detail: string): void {
    this.finding = { chain: this.chain, sequence, problem, detail };
  }
}

/** The sequence under which the row's own hash is right; null when there is none nearby. */
function originOf(row: AuditRow): number | null {
  for (let distance = 0; distance <= MOVE_MAX; distance += 1) {
    for (const sequence of distance === 0 ? [row.sequence] : [row.sequence + distance, row.sequence - distance]) {
      if (sequence > 0 && entryHash({ ...row, sequence }) === row.hash) return sequence;
    }
  }
  return null;
}

/** What two neighbours say was exchanged, while their hashes stayed where they were. */
function isSwapped(row: AuditRow, next: AuditRow): boolean {
  const of = ({ kind, eventMs, causeId, body }: AuditRow) => ({ kind, eventMs, causeId, body });
  return entryHash({ ...row, ...of(next) }) === row.hash && entryHash({ ...next, ...of(row) }) === next.hash;
}
