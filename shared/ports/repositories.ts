/**
 * What handlers and the gateway read and write, bound to one transaction. One writer per table:
 * gateway: books, runs, sessions, session_feeds, fills, order_events, minute_latency · ingest: ohlcv, data_quality ·
 * signal: session_volumes · risk: decisions, orders, accounts, positions, equity, risk_events · each consumer: its inbox
 * and outbox rows, its version of a run, and its own chains of the audit log.
 */

import type { Envelope } from '../contracts/envelope.ts';
import type { StoredSignal } from '../contracts/stored-signal.ts';
import type { AuditEntry } from '../domain/audit/chain.ts';
import type { Fill, Order } from '../domain/orders/types.ts';
import type { StoredBar } from '../domain/market/frame.ts';
import type { StandingCause, TradingState } from '../domain/risk/causes.ts';
import type { CommandOutcome } from '../domain/risk/command-outcome.ts';
import type { Decision } from '../domain/risk/types.ts';
import type { RunConfig } from '../domain/run/run-config.ts';
import type { ConsumerName, QueueName } from '../topology.ts';

export interface Database {
  /** Runs `work` in one transaction; rolls back and rethrows on failure. DatabaseError is retryable when the world failed. */
  transaction<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface Repositories {
  readonly inbox: InboxRepository;
  readonly folds: FoldRepository;
  readonly outbox: OutboxRepository;
  readonly quarantine: QuarantineRepository;
  readonly runs: RunRepository;
  readonly bars: BarRepository;
  readonly volumes: VolumeRepository;
  readonly dailyBars: DailyBarRepository;
  readonly decisions: DecisionRepository;
  readonly accounts: AccountRepository;
  readonly execution: ExecutionRepository;
  readonly audit: AuditRepository;
}

export interface InboxRepository {
  /** False when this consumer has committed the message before. */
  claim(consumer: ConsumerName, messageId: string): Promise<boolean>;
  /** Those of the messages that this consumer has committed. */
  handled(consumer: ConsumerName, messageIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface FoldRepository {
  /**
   * Counts one more message of a run into what a consumer has folded, and returns the version before it: 0 at the first.
   * Held until the transaction ends, so two of them never fold one run at once.
   */
  enter(consumer: ConsumerName, runId: string): Promise<number>;
}

export interface OutboxRow {
  readonly outboxId: string;
  readonly queue: QueueName;
  readonly envelope: Envelope<unknown>;
}

export interface OutboxRepository {
  /**
   * Stores messages of `writer` in this transaction, with the id of the message that caused them (empty: none); a
   * message id stored before is left as it was.
   */
  add(
    writer: ConsumerName,
    causeId: string,
    messages: readonly { queue: QueueName; envelope: Envelope<unknown> }[],
  ): Promise<void>;
  /** What `writer` once answered to a message, so that a repeat of it can be answered again. */
  causedBy(writer: ConsumerName, causeId: string): Promise<readonly OutboxRow[]>;
  markPublished(messageIds: readonly string[]): Promise<void>;
  /** Drops what was sent of sessions whose last decision is taken: nobody asks for those answers again. */
  forgetClosed(): Promise<void>;
  /** Unpublished rows older than `olderThanMs`, oldest first. */
  unpublished(writer: ConsumerName | null, olderThanMs: number, limit: number): Promise<readonly OutboxRow[]>;
}

export interface QuarantineEntry {
  /** Where it came from: a queue, or a file with its line. */
  readonly source: string;
  readonly reason: string;
  readonly field: string;
  readonly value: string;
  readonly fix: string;
  /** The whole thing as it arrived, cut at 256 KiB. */
  readonly body: string;
  /** What is known of a message without its body; absent for the row of a file. */
  readonly message?: ParkedMessage;
}

export interface ParkedMessage {
  /** The group it came in. */
  readonly runId: string;
  /** The id of its envelope, as its sender wrote it beside the body; empty: a message that no part of ours sent. */
  readonly messageId: string;
  /** The queue's own id: a redelivery has the same one, a copy that is sent again has another. */
  readonly deliveryId: string;
}

/** One copy of a message that was parked. */
export interface ParkedCopy {
  readonly id: number;
  readonly messageId: string;
  readonly source: string;
  readonly reason: string;
  readonly field: string;
  readonly value: string;
  readonly fix: string;
}

export interface QuarantineRow extends QuarantineEntry {
  readonly id: number;
  readonly parkedAtMs: number;
  /** When it was last sent back to its queue; null: never. */
  readonly redrivenAtMs: number | null;
}

export interface QuarantineFilter {
  /** Absent: all. */
  readonly ids?: readonly number[];
  /** True: only messages that were not sent back yet, without late copies of decided minutes. */
  readonly waiting?: boolean;
  readonly max: number;
}

export interface QuarantineRepository {
  /** The same delivery, and the same row of a file, is kept once. */
  add(entries: readonly QuarantineEntry[]): Promise<void>;
  /** Parked copies of these messages of a run, oldest first. */
  copiesOf(runId: string, messageIds: readonly string[]): Promise<readonly ParkedCopy[]>;
  /** Newest first. */
  list(filter: QuarantineFilter): Promise<readonly QuarantineRow[]>;
  /** How many messages of each source are waiting in the sense of the filter. */
  waiting(): Promise<readonly { readonly source: string; readonly count: number }[]>;
  markRedriven(id: number): Promise<void>;
}

export interface SessionRow {
  readonly runId: string;
  readonly session: number;
  readonly minutes: number;
  readonly openMs: number;
}

export interface RunRepository {
  /**
   * Begins the run, or finds it as it was begun, and returns it with its opening: where the book's run before it ended, or
   * what is given where the book is new. Throws when the run exists with another configuration or ledger version, when a
   * later run has gone on with its book, or when the book is on another market, broker or account.
   */
  create(config: RunConfig, kind: 'paper' | 'replay'): Promise<RunConfig>;
  find(runId: string): Promise<RunConfig | null>;
  /** Opens it on the bars that these feeds name; one that was opened before stays on its own. */
  openSession(row: SessionRow, feeds: Feeds): Promise<void>;
  /** Empty for a session that was not opened. */
  feeds(of: SessionOfRun): Promise<Feeds>;
  sessions(runId: string): Promise<readonly SessionRow[]>;
}

/** One symbol's bar with its verdict. Hard-faulted bars and missing minutes are in `data_quality`, never in `ohlcv`. */
export type BarRow = StoredBar;

export interface QualityRow {
  readonly symbol: string;
  readonly openMs: number;
  readonly faults: number;
  readonly hard: boolean;
  /** Canonical JSON of the values as delivered, null numbers where there was none; of a missing minute that it is. */
  readonly raw: string;
}

/** A session of a run: what its bars are is on record. */
export interface SessionOfRun {
  readonly runId: string;
  readonly session: number;
}

/** By symbol: the name of the bars that a session was played on, which is their content. */
export type Feeds = ReadonlyMap<string, string>;

/** What is stored of a feed is its content: stored again it stays as it is, and other values fail the transaction. */
export interface BarRepository {
  add(feeds: Feeds, bars: readonly BarRow[]): Promise<void>;
  addQuality(feeds: Feeds, rows: readonly QualityRow[]): Promise<void>;
  /**
   * Gives a session feeds of its own, with what is stored of the shared ones in [fromMs, toMs): the run goes on without a
   * minute that the others have, and judges later bars otherwise. Once is enough.
   */
  part(of: SessionOfRun, range: { fromMs: number; toMs: number }): Promise<void>;
  /** Good bars of [fromMs, toMs) of a session, by time then symbol. */
  between(of: SessionOfRun, range: { fromMs: number; toMs: number }): Promise<readonly BarRow[]>;
  /** Faults and missing minutes in the same range and order. */
  quality(of: SessionOfRun, range: { fromMs: number; toMs: number }): Promise<readonly QualityRow[]>;
}

/** What one symbol traded in a session, minute by minute; 0 where there was no believable volume. */
export interface SessionVolumes {
  readonly session: number;
  readonly symbol: string;
  readonly volumes: readonly number[];
}

export interface VolumeRepository {
  /** Kept as first given. */
  add(runId: string, session: number, rows: readonly Omit<SessionVolumes, 'session'>[]): Promise<void>;
  /** Of these sessions of a run, by session then symbol. */
  of(runId: string, sessions: readonly number[]): Promise<readonly SessionVolumes[]>;
}

export interface DailyBar {
  readonly symbol: string;
  readonly session: number;
  readonly openE4: number;
  readonly highE4: number;
  readonly lowE4: number;
  readonly closeE4: number;
  readonly volume: number;
}

export interface DailyBarRepository {
  upsert(bars: readonly DailyBar[]): Promise<void>;
  /** Of each symbol the last `limit` sessions strictly before `session`, by symbol, oldest first. */
  before(symbols: readonly string[], session: number, limit: number): Promise<readonly DailyBar[]>;
  /** What the ledger's header says of all of them strictly before `session`, without reading them out. */
  contentHash(symbols: readonly string[], session: number): Promise<string>;
}

export interface DecisionRecord {
  readonly runId: string;
  readonly cause: 'minute' | 'pulse' | 'command';
  readonly decision: Decision;
  /** What it was decided on, for `jules why`; null for pulses, commands, and a minute in quarantine. */
  readonly signal: StoredSignal | null;
}

/** The address of a minute within its run. */
export interface MinuteOfRun {
  readonly session: number;
  readonly minuteIndex: number;
}

/** What risk noticed or was commanded. */
export interface RiskEventRow {
  readonly runId: string;
  readonly eventMs: number;
  readonly kind: string;
  readonly detail: string;
  /** Of a command, with the id of its message: what came of it. */
  readonly outcome: RecordedOutcome | null;
}

export interface RecordedOutcome extends CommandOutcome {
  readonly messageId: string;
}

export interface DecisionRepository {
  /** Writes the decision and its orders. */
  add(record: DecisionRecord): Promise<void>;
  riskEvent(event: RiskEventRow): Promise<void>;
  /** What a minute was decided on; null where it is not decided, or was without a signal. */
  signalOf(runId: string, at: MinuteOfRun): Promise<StoredSignal | null>;
  /** Minutes decided without their signal, because it was in quarantine, from this session on. */
  quarantined(runId: string, fromSession: number): Promise<readonly MinuteOfRun[]>;
}

/** The account of one run in one session, with the risk stage's whole state as canonical text. */
export interface AccountRow {
  readonly runId: string;
  readonly session: number;
  readonly lastMinute: number;
  readonly closed: boolean;
  readonly openingCashE4: number;
  readonly cashE4: number;
  readonly equityE4: number;
  readonly accountPeakE4: number;
  /** What the drawdown limit counts from. */
  readonly limitReferenceE4: number;
  readonly realizedE4: number;
  readonly feesE4: number;
  readonly maxDrawdownE4: number;
  readonly maxLimitDrawdownE4: number;
  readonly tradingState: TradingState;
  readonly causes: readonly StandingCause[];
  readonly snapshot: string;
  /** Content of the daily bars that the session was decided on; null where its profile reads none. */
  readonly dailyHash: string | null;
}

export interface PositionRow {
  readonly symbol: string;
  readonly quantity: number;
  readonly costE4: number;
  readonly markE4: number;
  readonly stopPriceE4: number;
}

export interface EquityRow {
  readonly session: number;
  readonly minuteIndex: number;
  readonly eventMs: number;
  readonly equityE4: number;
  readonly cashE4: number;
  readonly feesE4: number;
  /** Below the account's peak. */
  readonly drawdownE4: number;
  /** Below the reference of the drawdown limit. */
  readonly limitDrawdownE4: number;
}

export interface AccountRepository {
  latest(runId: string): Promise<AccountRow | null>;
  latestBefore(runId: string, session: number): Promise<AccountRow | null>;
  save(row: AccountRow, positions: readonly PositionRow[], equity: EquityRow | null): Promise<void>;
}

export interface OrderEventRow {
  readonly orderRef: string;
  readonly event:
    | 'ACCEPTED'
    | 'FILLED'
    | 'PARTIALLY_FILLED'
    | 'EXPIRED'
    | 'CANCELLED'
    | 'REJECTED'
    | 'SUPERSEDED'
    | 'SESSION_END';
  readonly eventMs: number;
  readonly detail: string;
}

export interface LatencyRow {
  readonly runId: string;
  readonly session: number;
  readonly minuteIndex: number;
  /** Wall-clock milliseconds, fractional: the minute closed, each stage committed, the order was recorded. */
  readonly closedMs: number;
  readonly ingestMs: number;
  readonly signalMs: number;
  readonly riskMs: number;
  readonly recordedMs: number;
}

/** The sum of the fills of one symbol. */
export interface HeldRow {
  readonly symbol: string;
  readonly quantity: number;
  /** What they brought in, less what they cost, fees included. */
  readonly cashE4: number;
}

/** A decision whose orders the gateway has taken, as a broker is given it again after a restart. */
export interface TakenDecision {
  readonly minuteIndex: number;
  readonly orders: readonly Order[];
  readonly cancels: readonly string[];
}

export interface ExecutionRepository {
  addFills(runId: string, fills: readonly Fill[]): Promise<void>;
  addOrderEvents(runId: string, rows: readonly OrderEventRow[]): Promise<void>;
  /** Overwrites what was stored for the minute. */
  saveLatency(row: LatencyRow): Promise<void>;
  /** Fills of a session in ledger order. */
  fills(runId: string, session: number): Promise<readonly Fill[]>;
  /** What became of a session's orders after they were taken. */
  orderEvents(runId: string, session: number): Promise<readonly OrderEventRow[]>;
  /** What the fills of a run up to this minute amount to, by symbol. */
  held(runId: string, upTo: MinuteOfRun): Promise<readonly HeldRow[]>;
  /** Notes on the session's row that a minute left, or that its decision was taken. */
  markPublished(runId: string, session: number, minuteIndex: number): Promise<void>;
  markDecided(runId: string, session: number, minuteIndex: number): Promise<void>;
  /** The last minute published, and the last whose decision was taken; -1 before the first. */
  progress(runId: string, session: number): Promise<{ publishedMinute: number; decidedMinute: number }>;
  /** Decisions up to the last one taken that hold an order or a cancel, by minute. */
  takenDecisions(runId: string, session: number): Promise<readonly TakenDecision[]>;
}

export interface AuditRepository {
  /**
   * Appends entries to a chain, which has one writer at a time; a second one fails the transaction. A cause gives all
   * its entries at once: where a chain ends with that cause, its commit held although its answer was lost, and nothing
   * is appended again. Empty cause: none.
   */
  append(record: { chain: string; causeId: string; entries: readonly AuditEntry[] }): Promise<void>;
}
