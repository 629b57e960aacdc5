/**
 * A broken audit halts trading: whoever finds a chain that does not verify says so here, and the run is halted as by
 * an operator's command, with a cause of its own. Only a hand arms it again.
 */

import type { CommandData } from '../../shared/contracts/command.v2.ts';
import type { ChainFinding } from '../../shared/domain/audit/verify.ts';
import { findingWords } from '../../shared/domain/risk/audit-findings.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { Database } from '../../shared/ports/repositories.ts';

export interface AuditAlarm {
  /** Returns at once. What was raised before is not raised again: an operator who armed knowing it stays armed. */
  raise(finding: ChainFinding): void;
}

export interface AuditAlarmParts {
  readonly send: (command: CommandData) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Two who write one chain, or an entry put in by hand where the next one goes. */
const TAKEN = '23505';
const CHAIN_KEY = 'audit_log_pkey';

const RETRY_MS = 1_000;
const KNOWN_MAX = 1_000;

export function createAuditAlarm({ send, clock, logger }: AuditAlarmParts): AuditAlarm {
  const raised = new Set<string>();

  /** For as long as it takes: until the queue has it, nothing else stops trading. */
  async function halt(command: CommandData): Promise<void> {
    for (;;) {
      try {
        await send(command);
        return;
      } catch (error) {
        logger.error(
          { err: error, nextTryMs: RETRY_MS },
          'the queue did not take the halt that a broken audit asks for',
        );
        await clock.sleep(RETRY_MS);
      }
    }
  }

  return {
    raise(finding) {
      const { chain, sequence, problem } = finding;
      const name = `${problem} ${sequence} ${chain}`;
      if (raised.has(name) || raised.size >= KNOWN_MAX) return;
      raised.add(name);
      logger.error(
        { ...finding },
        'the audit log was tampered with and trading is halted: ./jules audit verify has the whole of it',
      );
      const reason = findingWords(finding);
      const issuedAtMs = Math.floor(clock.nowMs());
      void halt({ command: 'halt', cause: 'AUDIT_FAILED', reason, operator: 'audit', issuedAtMs });
    },
  };
}

/** The same database; an append that meets an entry it does not know of raises the alarm, and fails as before. */
export function watchAppends(database: Database, alarm: AuditAlarm): Database {
  return {
    ...database,
    async transaction(work) {
      try {
        return await database.transaction(work);
      } catch (error) {
        const finding = conflictIn(error);
        if (finding !== null) alarm.raise(finding);
        throw error;
      }
    },
  };
}

function conflictIn(error: unknown): ChainFinding | null {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  const { constraint, detail } = (cause ?? {}) as { readonly constraint?: unknown; readonly detail?: unknown };
  if (code !== TAKEN || constraint !== CHAIN_KEY) return null;
  const [, chain = '?', sequence = '0'] = /=\((.+), (\d+)\)/.exec(String(detail)) ?? [];
  const found = 'the writer of the chain found an entry here that it has not written';
  return { chain, sequence: Number(sequence), problem: 'inserted', detail: found };
}
