/**
 * Statements of how far the chains had come at some moment, to be signed and kept apart from the database.
 *
 * Each statement names the digest of the one before it, so that none can be taken out of their row.
 */

import { hash as digest } from 'node:crypto';
import type { EpochMs } from '../units/units.ts';
import { canonicalJson } from './chain.ts';

export interface StatedHead {
  readonly chain: string;
  readonly sequence: number;
  readonly hash: string;
}

export interface HeadStatement {
  readonly format: 1;
  readonly exportedAtMs: EpochMs;
  /** Digest of the statement before it. */
  readonly previous: string;
  /** Of the chains that have grown since. */
  readonly heads: readonly StatedHead[];
  /** Fingerprint of the key it is signed with. */
  readonly keyId: string;
}

export const FIRST_PREVIOUS = '0'.repeat(64);

/** What is signed. */
export function statementText({ format, exportedAtMs, previous, heads, keyId }: HeadStatement): string {
  const stated = heads.map(({ chain, sequence, hash }) => ({ chain, sequence, hash }));
  return canonicalJson({ format, exportedAtMs, previous, heads: stated, keyId });
}

export function statementDigest(statement: HeadStatement): string {
  return digest('sha256', statementText(statement), 'hex');
}
