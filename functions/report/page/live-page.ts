/**
 * The state of the session in progress, kept up with one cheap question at a time.
 *
 * Asks for rows only when the session's head has changed, and a few times more until it has settled: the latency of a
 * minute is stored after its decision. Without an answer the last known state stays, marked as an error.
 */

import { maskOf } from '../../../shared/domain/risk/causes.ts';
import type { ReportViews, RunRecord, SessionHead } from '../../../shared/ports/report-views.ts';
import { NothingStoredError, type StackStatus } from '../../../shared/ports/stack-status.ts';
import { buildPageState, emptyPageState } from '../read-models/build-page-state.ts';
import { type WaitingMinute, waitingMinute } from '../../../shared/read-models/waiting-minute.ts';
import type { PageState } from '../../../shared/read-models/page-state.ts';
import { SessionFold } from '../read-models/session-fold.ts';

export interface LivePageDeps {
  readonly views: ReportViews;
  readonly status: () => Promise<StackStatus>;
  readonly onProblem: (error: unknown) => void;
}

/** A minute's latency comes with the next minute; asking longer for the newest one would be asking for nothing. */
const SETTLING_READS_MAX = 20;

interface Followed {
  readonly runId: string;
  readonly session: number;
  readonly record: RunRecord;
  readonly fold: SessionFold;
  headKey: string;
  /** Reads since the head last changed. */
  quietReads: number;
}

export class LivePage {
  readonly #deps: LivePageDeps;
  #followed: Followed | null = null;
  #last: PageState | null = null;
  #inFlight: Promise<PageState> | null = null;

  constructor(deps: LivePageDeps) {
    this.#deps = deps;
  }

  /** Any number of callers share one set of queries. */
  refresh(): Promise<PageState> {
    this.#inFlight ??= this.#refresh().finally(() => {
      this.#inFlight = null;
    });
    return this.#inFlight;
  }

  async #refresh(): Promise<PageState> {
    let status: StackStatus | null = null;
    try {
      status = await this.#deps.status();
      if (status.phase === 'starting') return emptyPageState('starting', status.waitingFor, status);
      this.#last = await this.#read(status);
      return this.#last;
    } catch (error) {
      this.#deps.onProblem(error);
      return this.#withoutAnswer(status, error);
    }
  }

  #withoutAnswer(status: StackStatus | null, error: unknown): PageState {
    if (error instanceof NothingStoredError) return emptyPageState('waiting', error.message, null);
    const message = status?.waitingFor || 'The database does not answer. The page keeps asking.';
    if (this.#last === null) return emptyPageState('error', message, status);
    const { parts, notices } = status ?? this.#last.stack;
    return { ...this.#last, stack: { phase: 'error', message, parts, notices } };
  }

  async #read(status: StackStatus): Promise<PageState> {
    const head = await this.#deps.views.head(status.run.runId);
    if (head === null) return emptyPageState('waiting', status.waitingFor, status);
    const followed = await this.#follow(head);
    if (followed === null) return emptyPageState('waiting', status.waitingFor, status);
    const waiting = await this.#waiting(head, followed.fold);
    return buildPageState({ status, record: followed.record, fold: followed.fold, live: true, waiting });
  }

  async #waiting({ runId, session, publishedMinute }: SessionHead, fold: SessionFold): Promise<WaitingMinute | null> {
    if (publishedMinute <= fold.lastMinute) return null;
    return waitingMinute(publishedMinute, await this.#deps.views.steps(runId, session, publishedMinute));
  }

  async #follow(head: SessionHead): Promise<Followed | null> {
    const { runId, session } = head;
    const followed = this.#followed;
    if (followed?.runId !== runId || followed.session !== session || isOpened(followed, head)) return this.#start(head);
    const headKey = keyOf(head);
    const changed = headKey !== followed.headKey;
    if (!changed && isSettled(followed)) return followed;
    const facts = await this.#deps.views.facts(runId, session, followed.fold.nextFromMinute);
    if (facts === null) return null;
    followed.fold.add(facts);
    followed.headKey = keyOf(facts.head);
    followed.quietReads = changed ? 0 : followed.quietReads + 1;
    return followed;
  }

  async #start(head: SessionHead): Promise<Followed | null> {
    const { runId, session } = head;
    const loaded = await loadSession(this.#deps.views, runId, session);
    this.#followed = loaded && { runId, session, ...loaded, headKey: keyOf(loaded.fold.facts.head), quietReads: 0 };
    return this.#followed;
  }
}

/** The whole of one session, past or present; null when there is no such run or session. */
export async function loadSession(
  views: ReportViews,
  runId: string,
  session: number,
): Promise<{ record: RunRecord; fold: SessionFold } | null> {
  const record = await views.run(runId);
  const facts = await views.facts(runId, session, 0);
  if (record === null || facts === null) return null;
  const startE4 = facts.head.openingCashE4 ?? facts.head.equityE4;
  return { record, fold: new SessionFold(facts, record.config.symbols, startE4) };
}

/** What the account began the session with is known since: the lines that start there are drawn from there. */
function isOpened({ fold }: Followed, { openingCashE4 }: SessionHead): boolean {
  return openingCashE4 !== null && fold.facts.head.openingCashE4 === null;
}

function isSettled({ quietReads, fold }: Followed): boolean {
  return quietReads >= (fold.isMeasured ? 1 : SETTLING_READS_MAX);
}

function keyOf(head: SessionHead): string {
  const { lastMinute, closed, state, causes, limitReferenceE4, updatedAtMs } = head;
  return [lastMinute, closed, state, maskOf(causes), causes.length, limitReferenceE4, updatedAtMs].join('/');
}
