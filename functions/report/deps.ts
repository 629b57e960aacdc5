/**
 * What the page needs of the world.
 */

import type { CommandData } from '../../shared/contracts/command.v2.ts';
import type { Access } from '../../shared/domain/audit/entries.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { ReportViews } from '../../shared/ports/report-views.ts';
import type { StackStatus } from '../../shared/ports/stack-status.ts';
import type { TokenCheck } from '../../shared/ports/token-check.ts';

/** Takes an operator's command to the risk stage; the id tells its outcome. Rejects when the queue does not take it. */
export interface CommandSender {
  send(command: CommandData): Promise<string>;
}

/** Keeps who asked for a change of state, and what was answered. Never fails; what it cannot store yet waits. */
export interface AccessAudit {
  record(access: Access): void;
}

export interface ReportDeps {
  readonly views: ReportViews;
  readonly commands: CommandSender;
  readonly audit: AccessAudit;
  readonly status: () => Promise<StackStatus>;
  /** Bearer token of the routes that change state. */
  readonly token: TokenCheck;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Host names the page answers to besides loopback. */
  readonly allowedHosts: readonly string[];
  /** False where no request may stay open: the page then asks again and again. */
  readonly hasStream?: boolean;
}
