/**
 * The sessions a reader can choose from, newest first.
 */

import { profitOf } from '../../../shared/domain/account/profit.ts';
import { toUsd } from '../../../shared/domain/units/units.ts';
import type { SessionHead } from '../../../shared/ports/report-views.ts';
import { formatSessionDate } from '../../../shared/domain/calendar/session-date.ts';

export interface SessionListItem {
  readonly runId: string;
  /** yyyy-mm-dd */
  readonly date: string;
  readonly minutes: number;
  readonly lastMinute: number;
  readonly closed: boolean;
  /** After fees; null before the first decision. */
  readonly netPnlUsd: number | null;
  readonly state: string;
}

export function sessionList(heads: readonly SessionHead[]): SessionListItem[] {
  return heads.map((head) => ({
    runId: head.runId,
    date: formatSessionDate(head.session),
    minutes: head.minutes,
    lastMinute: head.lastMinute,
    closed: head.closed,
    netPnlUsd: netPnlUsd(head),
    state: head.state,
  }));
}

function netPnlUsd({ equityE4, openingCashE4 }: SessionHead): number | null {
  if (openingCashE4 === null) return null;
  return toUsd(profitOf({ startE4: openingCashE4, equityE4, feesE4: 0 }).netE4);
}
