/**
 * What a stored run amounts to, derived from its rows alone: the same ledger, hash and sums that the core would give.
 */

import { dailyHash } from './backtest.ts';
import { feeTable } from '../execution/fee-tables.ts';
import type { Fill } from '../orders/types.ts';
import { BarsDigest } from '../ledger/bars-digest.ts';
import {
  type ClosingAccount,
  type DecisionColumns,
  LEDGER_VERSION,
  ledgerHash,
  LedgerWriter,
} from '../ledger/ledger.ts';
import type { StoredBar } from '../market/frame.ts';
import { eachStoredMinute } from '../market/stored-minutes.ts';
import { profile } from '../profile/profile.ts';
import { maskOf, type StandingCause } from '../risk/causes.ts';
import { type Decision, VERDICTS } from '../risk/types.ts';
import type { DailyReturnRow } from '../risk/var.ts';
import type { RunConfig } from './run-config.ts';
import { type RunMoney, type RunSummary, RunTally } from './run-tally.ts';
import { assert, type EpochMs, MINUTE_MS } from '../units/units.ts';

export interface StoredSession {
  readonly session: number;
  readonly minutes: number;
  readonly openMs: EpochMs;
  /** By minute. */
  readonly decisions: readonly Decision[];
  /** What operators' commands left standing, in order. */
  readonly commands: readonly CommandMark[];
  /** Minutes decided while their bars were in quarantine: what is stored for them was not input of the run. */
  readonly quarantined: readonly number[];
  /** In ledger order. */
  readonly fills: readonly Fill[];
  readonly bars: readonly StoredBar[];
  readonly account: Omit<ClosingAccount, 'eventMs' | 'session' | 'stateMask'>;
}

/** The causes after a command that came behind a minute's decision. */
export interface CommandMark {
  readonly minuteIndex: number;
  readonly eventMs: EpochMs;
  readonly causes: readonly StandingCause[];
}

export interface RebuildOptions {
  readonly config: RunConfig;
  /** As the run was stored; the ledger of another version than this program's has no hash here. */
  readonly ledgerVersion: string;
  /** Receives every ledger row as text. */
  readonly onRow?: ((row: string) => void) | null;
}

export class LedgerRebuild {
  readonly #config: RunConfig;
  readonly #ledgerVersion: string;
  readonly #ledger: LedgerWriter;
  readonly #bars = new BarsDigest();
  readonly #tally = new RunTally();
  readonly #sessions: { session: number; minutes: number }[] = [];

  constructor({ config, ledgerVersion, onRow = null }: RebuildOptions) {
    this.#config = config;
    this.#ledgerVersion = ledgerVersion;
    this.#ledger = new LedgerWriter(onRow);
  }

  /** Sessions in order of time, each complete. */
  addSession(stored: StoredSession): void {
    const { session, minutes, openMs, decisions, commands, fills, account } = stored;
    assert(decisions.length === minutes, `session ${session} has ${minutes} decisions, found ${decisions.length}`);
    this.#sessions.push({ session, minutes });
    this.#tally.session(session);
    this.#addBars(stored);
    const fillsByMinute = Map.groupBy(fills, (fill) => fill.minuteIndex);
    const commandsByMinute = Map.groupBy(commands, (command) => command.minuteIndex);
    for (const decision of decisions) {
      for (const fill of fillsByMinute.get(decision.minuteIndex) ?? []) {
        this.#ledger.fill(fill);
        this.#tally.fills += 1;
      }
      this.#addDecision(decision);
      for (const command of commandsByMinute.get(decision.minuteIndex) ?? []) this.#tally.command(command);
    }
    // A command after the close belongs to the next session.
    const stateMask = maskOf(decisions.at(-1)?.causes ?? []);
    this.#ledger.account({ ...account, stateMask, session, eventMs: openMs + minutes * MINUTE_MS });
  }

  /** The content of the daily bars that the last session was decided on is told, or else derived from the rows. */
  summary(money: RunMoney, daily: string | readonly DailyReturnRow[]): RunSummary {
    return this.#tally.summary({
      symbols: this.#config.symbols,
      bars: this.#bars.bars,
      money,
      ledgerVersion: this.#ledgerVersion,
      ledgerHash: this.#ledgerVersion === LEDGER_VERSION ? this.#hash(daily) : null,
    });
  }

  #hash(daily: string | readonly DailyReturnRow[]): string {
    const config = this.#config;
    const lastSession = this.#sessions.at(-1)?.session ?? 0;
    return ledgerHash({
      config,
      feeTable: feeTable(config.fees),
      sessions: this.#sessions,
      barsHash: this.#bars.digest(),
      dailyHash: typeof daily === 'string' ? daily : dailyHash(profile(config.profile), config, daily, lastSession),
      rowsHash: this.#ledger.digest(),
    });
  }

  #addDecision(decision: Decision): void {
    const columns = columnsOf(decision);
    this.#ledger.decision(columns);
    this.#tally.decision({ ...columns, causes: decision.causes });
    for (const order of decision.orders) {
      this.#ledger.order(order);
      this.#tally.order(order);
    }
  }

  #addBars({ bars, openMs, minutes, quarantined }: StoredSession): void {
    const stored = { symbols: this.#config.symbols, openMs, minutes, bars, without: new Set(quarantined) };
    eachStoredMinute(stored, (_, frame) => this.#bars.addMinute(frame));
  }
}

function columnsOf(decision: Decision): DecisionColumns & { verdicts: Uint8Array } {
  const { symbols } = decision;
  return {
    eventMs: decision.eventMs,
    minuteIndex: decision.minuteIndex,
    stateMask: maskOf(decision.causes),
    actions: symbols.map(({ action }) => action),
    verdicts: Uint8Array.from(symbols, ({ verdict }) => VERDICTS.indexOf(verdict)),
    quantities: symbols.map(({ quantity }) => quantity),
  };
}
