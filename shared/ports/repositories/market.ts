/**
 * Bars as they were delivered and judged, volumes of sessions, daily bars.
 *
 * Written by ingest: ohlcv, data_quality. By signal: session_volumes.
 */

import type { StoredBar } from '../../domain/market/frame.ts';
import type { Feeds, SessionOfRun } from './runs.ts';

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

/** What is stored of a feed is its content: stored again it stays as it is, and other values fail the transaction. */
export interface BarRepository {
  add(feeds: Feeds, bars: readonly BarRow[]): Promise<void>;
  addQuality(feeds: Feeds, rows: readonly QualityRow[]): Promise<void>;
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
