/**
 * The hash chain of the audit log: what an entry is, its canonical text, and how each one is tied to the one before it.
 *
 * Canonical text is the JSON array `[sequence,chain,kind,eventMs,causeId,body]`, body as it is stored;
 * hash = SHA-256 in hex of the previous hash followed by that text. Sequences of a chain count from 1 without gaps.
 * Source: docs/decisions/0010-audit-chain.md
 */

import { hash as digest } from 'node:crypto';
import type { EpochMs } from '../units/units.ts';

export type AuditKind =
  | 'decision'
  | 'command'
  | 'rearm'
  | 'order'
  | 'fill'
  | 'order-end'
  | 'access'
  | 'export'
  | 'secret';

/** What a writer says happened. */
export interface AuditEntry {
  readonly kind: AuditKind;
  readonly eventMs: EpochMs;
  /** Canonical JSON, as `canonicalJson` writes it. */
  readonly body: string;
}

/** An entry in its place. The kind is text here: a log may be older or newer than this program. */
export interface AuditRow {
  readonly chain: string;
  readonly sequence: number;
  readonly kind: string;
  readonly eventMs: EpochMs;
  /** The message or batch that caused it; empty: none. */
  readonly causeId: string;
  readonly body: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** The last entry of a chain: what the next one is tied to. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
  readonly causeId: string;
}

export const EMPTY_CHAIN: ChainHead = { sequence: 0, hash: '0'.repeat(64), causeId: '' };

/** Page and API access, exports of heads. */
export const SYSTEM_CHAIN = 'system';

/** What the vault's journal says, shipped line by line. */
export const VAULT_CHAIN = 'vault';

/** Each writes its entries of a run one after another, so each has a chain of its own. */
export type RunWriter = 'risk' | 'orders' | 'fills';

export function runChain(runId: string, writer: RunWriter): string {
  return `${runId}/${writer}`;
}

/** The rows that come behind `head`, for entries that one cause brought about. */
export function chainRows(
  head: ChainHead,
  { chain, causeId, entries }: { chain: string; causeId: string; entries: readonly AuditEntry[] },
): AuditRow[] {
  let previousHash = head.hash;
  return entries.map((entry, at) => {
    const sequence = head.sequence + 1 + at;
    const row = { chain, sequence, causeId, ...entry, previousHash };
    const hash = entryHash(row);
    previousHash = hash;
    return { ...row, hash };
  });
}

/**
 * What the hash of a row must be, at the place and behind the hash that it claims.
 */
export function entryHash(row: Omit<AuditRow, 'hash'>): string {
  return digest('sha256', row.previousHash + canonicalText(row), 'hex');
}

/** Unambiguous whatever the body holds: the five values before it are quoted, and it is everything that is left. */
function canonicalText({ sequence, chain, kind, eventMs, causeId, body }: Omit<AuditRow, 'hash'>): string {
  const names = `${JSON.stringify(chain)},${JSON.stringify(kind)}`;
  return `[${sequence},${names},${eventMs},${JSON.stringify(causeId)},${body}]`;
}

export type CanonicalValue =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue };

/**
 * JSON with sorted keys, so that equal values have one text. A number that JSON does not know becomes null.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map((each) => canonicalJson(each)).join(',')}]`;
  const fields = Object.keys(value).sort();
  return `{${fields.map((field) => `${JSON.stringify(field)}:${canonicalJson(value[field]!)}`).join(',')}}`;
}

function isList(value: object): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
