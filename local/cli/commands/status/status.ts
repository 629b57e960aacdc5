/**
 * What runs on a data folder: processes, run, session with every cause that stands, money, active target.
 */

import type { RunConfig } from '../../../../shared/domain/run/run-config.ts';
import type { PageState } from '../../../../shared/read-models/page-state.ts';
import type { StatusFile } from '../../../../shared/runtime/status-file.ts';
import type { DiskStatus } from './disk.ts';
import type { TargetStatus } from './target.ts';

export interface Status {
  readonly running: boolean;
  readonly dataDir: string;
  readonly pid: number | null;
  readonly url: string | null;
  readonly startedAt: string | null;
  /** The run in progress, else the last one; null: none yet. */
  readonly run: RunConfig | null;
  readonly phase: StatusFile['phase'] | 'stopped';
  readonly parts: StatusFile['parts'];
  readonly notices: PageState['stack']['notices'];
  /** As the page shows them; null while there is no session, or no page. */
  readonly session: PageState['session'];
  readonly money: PageState['money'];
  /** The page's clock, which the ages of the session are counted by. */
  readonly pageNowMs: number;
  readonly disk: DiskStatus;
  /** Null: embedded. */
  readonly target: TargetStatus | null;
}
