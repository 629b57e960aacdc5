/**
 * Checks the exported heads themselves: each signed by the known key, and none taken out from before another.
 *
 * A line that holds no statement is what a crash leaves behind. If it had been a statement once, the next one names it.
 */

import { exchangeTime } from '../../domain/calendar/exchange-time.ts';
import { FIRST_PREVIOUS, statementText } from '../../domain/audit/heads.ts';
import type { ExportedHead } from '../../domain/audit/verify.ts';
import type { HeadChecker } from '../../ports/head-signer.ts';
import type { ExportedLine, SignedStatement } from './head-files.ts';

export interface HeadFinding {
  /** File and line. */
  readonly place: string;
  readonly problem: 'unsigned' | 'missing';
  readonly detail: string;
}

export interface CheckedHeads {
  readonly findings: readonly HeadFinding[];
  /** Statements that are signed. */
  readonly statements: number;
  /** Heads of those by chain, by sequence. */
  readonly byChain: ReadonlyMap<string, readonly ExportedHead[]>;
}

/** `checker` is null where there is no key to check with. */
export function checkHeads(lines: readonly ExportedLine[], checker: HeadChecker | null): CheckedHeads {
  const findings: HeadFinding[] = [];
  const byChain = new Map<string, ExportedHead[]>();
  const known = new Set([FIRST_PREVIOUS, ...lines.map(({ digest }) => digest)]);
  let statements = 0;
  for (const { place, signed } of lines) {
    if (signed === null) continue;
    const fault = signatureFault(signed, checker);
    if (fault !== null) {
      findings.push({ place, problem: 'unsigned', detail: fault });
      continue;
    }
    statements += 1;
    const { previous, exportedAtMs, heads } = signed.statement;
    if (!known.has(previous)) findings.push({ place, problem: 'missing', detail: 'the previous statement is missing' });
    for (const { chain, sequence, hash } of heads) {
      const exported = `${exchangeTime(exportedAtMs)} (${place})`;
      byChain.set(chain, [...(byChain.get(chain) ?? []), { sequence, hash, exported }]);
    }
  }
  for (const heads of byChain.values()) heads.sort((a, b) => a.sequence - b.sequence);
  return { findings, statements, byChain };
}

/** Null when there is none. */
function signatureFault({ statement, signature }: SignedStatement, checker: HeadChecker | null): string | null {
  if (checker === null) return 'there is no key to check its signature with';
  if (statement.keyId !== checker.keyId) {
    return `it is signed with key ${statement.keyId}, and the known key is ${checker.keyId}`;
  }
  return checker.isSigned(statementText(statement), signature) ? null : 'its signature does not fit what it says';
}
