/**
 * Runs, their sessions and the bars that each session was played on.
 *
 * Written by the gateway: books, runs, sessions, session_feeds.
 */

import type { RunConfig } from '../../domain/run/run-config.ts';
import type { AccountRow } from './accounts.ts';

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
  /**
   * Throws where `create` would, and writes nothing. What a run that is new takes over: the account of the book's newest run
   * that has decided anything; null where there is none, or where the run goes on with its own.
   */
  admit(config: RunConfig, kind: 'paper' | 'replay'): Promise<AccountRow | null>;
  find(runId: string): Promise<RunConfig | null>;
  /** Opens it on the bars that these feeds name; one that was opened before stays on its own. */
  openSession(row: SessionRow, feeds: Feeds): Promise<void>;
  /** Empty for a session that was not opened. */
  feeds(of: SessionOfRun): Promise<Feeds>;
  sessions(runId: string): Promise<readonly SessionRow[]>;
}

/** A session of a run: what its bars are is on record. */
export interface SessionOfRun {
  readonly runId: string;
  readonly session: number;
}

/** By symbol: the name of the bars that a session was played on, which is their content. */
export type Feeds = ReadonlyMap<string, string>;
