/**
 * Report views over made-up sessions, for tests and screenshots of the page: seeded, no database.
 */

import { LEDGER_VERSION } from '../../../shared/domain/ledger/ledger.ts';
import { type StandingCause, stateOf } from '../../../shared/domain/risk/causes.ts';
import type { CommandOutcome } from '../../../shared/domain/risk/command-outcome.ts';
import { sessionOn } from '../../../shared/domain/calendar/calendar.ts';
import type { SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import type {
  MinuteStep,
  ReportViews,
  RunRecord,
  SessionFacts,
  SessionHead,
  TradeRow,
} from '../../../shared/ports/report-views.ts';
import type { StackStatus } from '../../../shared/ports/stack-status.ts';
import { FAKE_RUN, FakeSession, type FakeSessionOptions } from './fake-session.ts';

export function fakeStatus(overrides: Partial<StackStatus> = {}): StackStatus {
  return {
    phase: 'running',
    waitingFor: '',
    kind: 'paper',
    startedAtMs: Date.UTC(2025, 0, 3, 14, 0),
    run: FAKE_RUN,
    source: 'generated market',
    pace: { kind: 'speed', factor: 60 },
    lastSession: null,
    parts: ['postgres', 'host', 'gpu-runner', 'gateway'].map((name) => ({
      name,
      state: 'up' as const,
      detail: '',
    })),
    notices: [],
    ...overrides,
  };
}

export const DAY_ONE: FakeSessionOptions = {
  session: 20_250_102,
  openMs: Date.UTC(2025, 0, 2, 14, 30),
  minutes: 390,
  seed: 11,
  haltAt: null,
};

export const DAY_TWO: FakeSessionOptions = {
  session: 20_250_103,
  openMs: Date.UTC(2025, 0, 3, 14, 30),
  minutes: 390,
  seed: 7,
  haltAt: null,
};

export interface FakeViewsOptions {
  readonly minute: number;
  readonly haltAt?: number | null;
  readonly kind?: 'paper' | 'replay';
  readonly symbols?: readonly string[];
  readonly busy?: boolean;
  /** What stands in the session in progress; absent: what `haltAt` says. */
  readonly causes?: readonly StandingCause[];
  /** How far the minute after `minute` has come; absent: it has not left the gateway. */
  readonly stepsOfNext?: readonly MinuteStep[];
}

/** A run of two sessions; the second one is in progress and stands at `minute`. */
export class FakeReportViews implements ReportViews {
  minute: number;
  /** Steps of the minute after `minute`, which waits for its decision; empty: it has not left the gateway. */
  stepsOfNext: readonly MinuteStep[];
  readonly #causes: readonly StandingCause[] | null;
  updatedAtMs: number | null = Date.UTC(2025, 0, 3, 16, 0);
  /** Set to make every question fail, as a database that is away does. */
  failure: Error | null = null;
  readonly asked = { head: 0, facts: 0 };
  /** Of commands, by the id of their message. */
  readonly outcomes = new Map<string, CommandOutcome>();
  readonly config: RunConfig;
  readonly past: FakeSession;
  #current: FakeSession;
  readonly #kind: 'paper' | 'replay';

  constructor(options: FakeViewsOptions) {
    const { minute, haltAt = null, kind = 'paper', symbols = FAKE_RUN.symbols, busy = false } = options;
    this.minute = minute;
    this.stepsOfNext = options.stepsOfNext ?? [];
    this.#causes = options.causes ?? null;
    this.config = { ...FAKE_RUN, symbols };
    this.#kind = kind;
    this.past = new FakeSession({ ...DAY_ONE, symbols });
    this.#current = new FakeSession({ ...DAY_TWO, symbols, busy, haltAt });
  }

  /** Another day of the same prices, at its first minute. */
  startSession(session: SessionDate): void {
    const { openMs } = sessionOn(session)!;
    this.minute = 0;
    this.#current = new FakeSession({ ...this.#current.options, session, openMs });
  }

  async run(runId: string): Promise<RunRecord | null> {
    this.#answer();
    return runId === FAKE_RUN.runId ? { kind: this.#kind, config: this.config, ledgerVersion: LEDGER_VERSION } : null;
  }

  async sessions(): Promise<readonly SessionHead[]> {
    this.#answer();
    return [this.#current.head(this.minute, this.updatedAtMs), this.past.head(389, DAY_ONE.openMs)];
  }

  async head(runId: string): Promise<SessionHead | null> {
    this.#answer();
    this.asked.head += 1;
    if (runId !== FAKE_RUN.runId) return null;
    const publishedMinute = this.minute + Math.sign(this.stepsOfNext.length);
    return { ...this.#standing(this.#current.head(this.minute, this.updatedAtMs)), publishedMinute };
  }

  async facts(runId: string, session: number, fromMinute: number): Promise<SessionFacts | null> {
    this.#answer();
    this.asked.facts += 1;
    if (runId !== FAKE_RUN.runId) return null;
    if (session === this.#current.options.session) {
      const facts = this.#current.facts(this.minute, fromMinute, this.updatedAtMs);
      return { ...facts, head: this.#standing(facts.head) };
    }
    return session === DAY_ONE.session ? this.past.facts(389, fromMinute, DAY_ONE.openMs) : null;
  }

  async commandOutcome(messageId: string): Promise<CommandOutcome | null> {
    this.#answer();
    return this.outcomes.get(messageId) ?? null;
  }

  async steps(): Promise<readonly MinuteStep[]> {
    this.#answer();
    return this.stepsOfNext;
  }

  async trades(runId: string, session: number): Promise<readonly TradeRow[]> {
    const facts = await this.facts(runId, session, 0);
    return (facts?.fills ?? []).map((fill) => ({
      ...fill,
      kind: fill.side === 'BUY' ? 'ENTRY' : 'EXIT',
      commissionE4: fill.feesE4 - 30 * fill.quantity,
      exchangeE4: 30 * fill.quantity,
      secE4: 0,
      tafE4: 0,
      latencyMs: 21.5,
    }));
  }

  #standing(head: SessionHead): SessionHead {
    return this.#causes === null ? head : { ...head, causes: this.#causes, state: stateOf(this.#causes) };
  }

  #answer(): void {
    if (this.failure !== null) throw this.failure;
  }
}

/** Causes that stand at once: an old one, an operator's own words with all that a person may type, and a condition. */
export const SEVERAL_CAUSES: readonly StandingCause[] = [
  {
    cause: 'DRAWDOWN',
    sinceMs: DAY_ONE.openMs + 12_000_000,
    by: 'core',
    why: 'drawdown $100.20, the limit is $100.00',
  },
  {
    cause: 'OPERATOR_HALT',
    sinceMs: DAY_TWO.openMs + 11_460_000,
    by: 'cli:uid-1000',
    why: 'checking <b>a fill</b> by hand & asking the broker, ticket 4711; see the mail of this morning',
  },
  {
    cause: 'RUNNER_DEAD',
    sinceMs: DAY_TWO.openMs + 11_520_000,
    by: 'gateway',
    why: 'the policy runner does not answer',
  },
];

/** The minute came, and the signal function has had it for a while. */
export function frozenSteps(ageMs: number): readonly MinuteStep[] {
  const atMs = Date.now() - ageMs;
  return [
    { step: 'sent', atMs },
    { step: 'ingested', atMs: atMs + 5 },
  ];
}
