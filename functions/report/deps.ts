/**
 * What the page needs of the world.
 */

import type { CommandData } from '../../shared/contracts/command.v1.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { ReportViews } from '../../shared/ports/report-views.ts';
import type { StackStatus } from '../../shared/ports/stack-status.ts';

/** Takes an operator's command to the risk stage. Rejects when the queue does not take it. */
export interface CommandSender {
  send(command: CommandData): Promise<void>;
}

export interface ReportDeps {
  readonly views: ReportViews;
  readonly commands: CommandSender;
  readonly status: () => Promise<StackStatus>;
  /** Bearer token of the routes that change state. */
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Host names the page answers to besides loopback. */
  readonly allowedHosts: readonly string[];
}
