/**
 * The summary of one session: money, trades, refusals and latency, each with what it was counted over.
 */

import type { StandingCause } from '../../../shared/domain/risk/causes.ts';
import type { RunRecord } from '../../../shared/ports/report-views.ts';
import { moneySection } from './money.ts';
import { formatSessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { type StageLatency, stageLatencies } from '../../../shared/read-models/latency.ts';
import type { MoneySection } from '../../../shared/read-models/page-state.ts';
import type { SessionFold } from './session-fold.ts';

export interface SessionSummary {
  readonly runId: string;
  /** yyyy-mm-dd */
  readonly date: string;
  readonly minutes: number;
  readonly minutesDecided: number;
  readonly closed: boolean;
  readonly state: string;
  readonly causes: readonly StandingCause[];
  readonly money: MoneySection;
  readonly denials: Readonly<Record<string, number>>;
  readonly reductions: Readonly<Record<string, number>>;
  readonly latency: readonly StageLatency[];
  readonly faultyBars: number;
}

export function summarize(record: RunRecord, fold: SessionFold): SessionSummary {
  const { head, faultyBars } = fold.facts;
  return {
    runId: head.runId,
    date: formatSessionDate(head.session),
    minutes: head.minutes,
    minutesDecided: fold.decisionCount,
    closed: head.closed,
    state: head.state,
    causes: head.causes,
    money: moneySection(fold, record.config),
    denials: Object.fromEntries(fold.counts('denied').map(({ verdict, count }) => [verdict, count])),
    reductions: Object.fromEntries(fold.counts('reduced').map(({ verdict, count }) => [verdict, count])),
    latency: stageLatencies(fold.latency),
    faultyBars,
  };
}
