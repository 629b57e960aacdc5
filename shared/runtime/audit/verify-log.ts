/**
 * Verifies the whole audit log against itself and against the exported heads, in one pass over its rows.
 */

import { type AuditRow, SYSTEM_CHAIN, VAULT_CHAIN } from '../../domain/audit/chain.ts';
import { exportedBefore } from '../../domain/audit/entries.ts';
import { FIRST_PREVIOUS } from '../../domain/audit/heads.ts';
import { type ChainFinding, ChainVerifier } from '../../domain/audit/verify.ts';
import type { HeadChecker } from '../../ports/head-signer.ts';
import { checkHeads, type CheckedHeads, type HeadFinding } from './check-heads.ts';
import type { ExportedLine } from './head-files.ts';

export interface LogReport {
  readonly ok: boolean;
  readonly entries: number;
  readonly chains: number;
  /** Exports of heads whose signature is good. */
  readonly exports: number;
  /** At most one of each chain: what comes behind it cannot be judged. */
  readonly findings: readonly ChainFinding[];
  readonly headFindings: readonly HeadFinding[];
}

export interface Exports {
  readonly lines: readonly ExportedLine[];
  readonly checker: HeadChecker | null;
  /** Asked of the last entry of the vault's chain: does its journal still say so? Null: it does. */
  readonly journal: (last: AuditRow) => Promise<ChainFinding | null>;
}

/** `batches`: every row by chain and sequence. Exports have to be read first, since the log may grow meanwhile. */
export async function verifyLog(batches: AsyncIterable<readonly AuditRow[]>, exports: Exports): Promise<LogReport> {
  const heads = checkHeads(exports.lines, exports.checker);
  const chains = new Map<string, ChainVerifier>();
  const verifierOf = (chain: string): ChainVerifier => {
    const verifier = chains.get(chain) ?? new ChainVerifier(chain, heads.byChain.get(chain) ?? []);
    chains.set(chain, verifier);
    return verifier;
  };
  const named = new Set<string>();
  let entries = 0;
  let shipped: AuditRow | null = null;
  for await (const rows of batches) {
    entries += rows.length;
    for (const row of rows) {
      verifierOf(row.chain).add(row);
      const before = row.chain === SYSTEM_CHAIN ? exportedBefore(row) : null;
      if (before !== null) named.add(before);
      if (row.chain === VAULT_CHAIN) shipped = row;
    }
  }
  // A chain that is gone as a whole has no rows, only heads.
  for (const chain of heads.byChain.keys()) verifierOf(chain);
  const findings = [...chains.values()].flatMap((verifier) => verifier.end() ?? []);
  // Behind a finding nothing can be said of a chain.
  if (shipped !== null && !findings.some(({ chain }) => chain === VAULT_CHAIN)) {
    const finding = await exports.journal(shipped);
    if (finding !== null) findings.push(finding);
  }
  const headFindings = [...heads.findings, ...goneExports(named, exports)];
  return { ...summary(heads, findings, headFindings), entries, chains: chains.size };
}

function summary(heads: CheckedHeads, findings: readonly ChainFinding[], headFindings: readonly HeadFinding[]) {
  const ok = findings.length === 0 && headFindings.length === 0;
  return { ok, exports: heads.statements, findings, headFindings };
}

/** The log itself says which exports there were. */
function goneExports(named: ReadonlySet<string>, { lines }: Exports): HeadFinding[] {
  const known = new Set([FIRST_PREVIOUS, ...lines.map(({ digest }) => digest)]);
  return [...named]
    .filter((each) => !known.has(each))
    .map((each) => ({
      place: 'audit-heads',
      problem: 'missing' as const,
      detail: `the log names an export with the digest ${each.slice(0, 16)}…, and no file holds it`,
    }));
}
