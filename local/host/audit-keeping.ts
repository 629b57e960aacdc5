/**
 * Keeps the audit of a running host: ships the vault's journal into the log, verifies the log, exports its signed
 * heads, and halts trading when any of it is broken.
 */

import { existsSync } from 'node:fs';
import type { CommandData } from '../../shared/contracts/command.v2.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { Database } from '../../shared/ports/repositories.ts';
import { openSigningKey, readChecker, signingKeyPath } from '../../shared/runtime/audit/signing-key.ts';
import type { SystemAudit } from '../../shared/runtime/audit/system-audit.ts';
import { vaultPlaces } from '../vault/store/places.ts';
import { createAuditAlarm, watchAppends } from './audit-alarm.ts';
import { startHeadExport } from './head-export.ts';
import { journalFinding, startJournalShipping } from './journal-shipping.ts';
import type { HostAdapters } from './adapters.ts';

export interface AuditKeepingParts {
  readonly dataDir: string;
  readonly world: Pick<HostAdapters, 'database' | 'auditReader'>;
  readonly audit: SystemAudit;
  /** Takes a command to the risk stage. */
  readonly send: (command: CommandData) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves when the database answers. */
  readonly ready: Promise<unknown>;
}

export interface AuditKeeping {
  /** For the handlers: an append that meets a strange entry raises the alarm. */
  readonly database: Database;
  /** Ships and exports once more, while the database still answers. */
  stop(): Promise<void>;
}

export function startAuditKeeping(parts: AuditKeepingParts): AuditKeeping {
  const { dataDir, world } = parts;
  const alarm = createAuditAlarm(parts);
  const { journalDir } = vaultPlaces(dataDir);
  const shared = { ...parts, reader: world.auditReader, alarm };
  const shipping = startJournalShipping({ ...shared, journalDir, database: world.database });
  const keyPath = signingKeyPath(dataDir);
  const heads = startHeadExport({
    ...shared,
    signer: () => openSigningKey(dataDir),
    checker: () => (existsSync(keyPath) ? readChecker(keyPath) : null),
    journal: (last) => journalFinding(journalDir, last),
  });
  return {
    database: watchAppends(world.database, alarm),
    async stop() {
      await shipping.stop();
      await heads.stop();
    },
  };
}
