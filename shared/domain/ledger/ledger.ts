/**
 * The ledger and its hash: what a run decided, ordered and filled, as canonical rows.
 *
 * Rows are newline-delimited text of integers and codes, in order of (event time, kind, symbol, sequence):
 * D decision, O order, F fill, A closing account of a session. No wall times, no broker or database ids.
 * The hash is SHA-256 over the header, which names every input of the run and holds the hashes of bars and rows.
 * Rulings: docs/decisions/0005-ledger-hash.md
 */

import { createHash } from 'node:crypto';
import type { FeeTable } from '../execution/fee-tables.ts';
import type { Fill, Order } from '../execution/types.ts';
import { featureSchemaText } from '../features/feature-schema.ts';
import { STATE_CAUSES, type StateCause, TRADING_STATES, type TradingState } from '../risk/types.ts';
import type { RunConfig } from '../run-config.ts';
import type { EpochMs, UsdE4 } from '../units/units.ts';
import { RowBuffer } from './row-buffer.ts';

export const LEDGER_VERSION = 'JL1';

const COLON = 58;

/** The account of a session at its end. */
export interface ClosingAccount {
  readonly eventMs: EpochMs;
  readonly session: number;
  readonly cashE4: UsdE4;
  readonly equityE4: UsdE4;
  readonly peakE4: UsdE4;
  readonly realizedE4: UsdE4;
  readonly feesE4: UsdE4;
  readonly state: TradingState;
  readonly cause: StateCause;
}

/** A decision as columns, one entry per symbol; verdicts as their codes. */
export interface DecisionColumns {
  readonly eventMs: EpochMs;
  readonly minuteIndex: number;
  readonly state: TradingState;
  readonly cause: StateCause;
  readonly actions: ArrayLike<number>;
  readonly verdicts: ArrayLike<number>;
  readonly quantities: ArrayLike<number>;
}

export class LedgerWriter {
  readonly #rows: RowBuffer;

  constructor(onRow: ((row: string) => void) | null = null) {
    this.#rows = new RowBuffer(onRow);
  }

  /** D,time,minute,state,cause then action:verdict:quantity per symbol. */
  decision(frame: DecisionColumns): void {
    const rows = this.#rows;
    rows.text('D,');
    rows.integer(frame.eventMs);
    rows.comma();
    rows.integer(frame.minuteIndex);
    rows.comma();
    rows.integer(TRADING_STATES.indexOf(frame.state));
    rows.comma();
    rows.integer(STATE_CAUSES.indexOf(frame.cause));
    for (let s = 0; s < frame.actions.length; s++) {
      rows.comma();
      rows.integer(frame.actions[s]!);
      rows.byte(COLON);
      rows.integer(frame.verdicts[s]!);
      rows.byte(COLON);
      rows.integer(frame.quantities[s]!);
    }
    rows.endRow();
  }

  /** O,time,symbol,kind,side,type,reference,quantity,limit,stop,mark. */
  order(order: Order): void {
    this.#start('O,', order.eventMs);
    this.#code(order.symbol);
    this.#code(order.kind);
    this.#code(order.side);
    this.#code(order.type);
    this.#code(order.orderRef);
    this.#value(order.quantity);
    this.#value(order.limitPriceE4);
    this.#value(order.stopPriceE4);
    this.#end(order.referencePriceE4);
  }

  /** F,time,symbol,sequence,reference,side,code,quantity,price, then the four fee components. */
  fill(fill: Fill): void {
    const { fees } = fill;
    this.#start('F,', fill.eventMs);
    this.#code(fill.symbol);
    this.#value(fill.sequence);
    this.#code(fill.orderRef);
    this.#code(fill.side);
    this.#code(fill.code);
    this.#value(fill.quantity);
    this.#value(fill.priceE4);
    this.#value(fees.commissionE4);
    this.#value(fees.exchangeE4);
    this.#value(fees.secE4);
    this.#end(fees.tafE4);
  }

  /** A,time,state,cause,session,cash,equity,peak,realised,fees. */
  account(account: ClosingAccount): void {
    this.#start('A,', account.eventMs);
    this.#code(account.state);
    this.#code(account.cause);
    this.#value(account.session);
    this.#value(account.cashE4);
    this.#value(account.equityE4);
    this.#value(account.peakE4);
    this.#value(account.realizedE4);
    this.#end(account.feesE4);
  }

  digest(): string {
    return this.#rows.digest();
  }

  #start(kind: string, eventMs: EpochMs): void {
    this.#rows.text(kind);
    this.#value(eventMs);
  }

  #code(code: string): void {
    this.#rows.text(code);
    this.#rows.comma();
  }

  #value(value: number): void {
    this.#rows.integer(value);
    this.#rows.comma();
  }

  #end(value: number): void {
    this.#rows.integer(value);
    this.#rows.endRow();
  }
}

export interface LedgerParts {
  readonly config: RunConfig;
  readonly feeTable: FeeTable;
  readonly sessions: readonly { readonly session: number; readonly minutes: number }[];
  /** Content hashes; `daily` is `-` where the profile reads no daily bars. */
  readonly barsHash: string;
  readonly dailyHash: string;
  readonly rowsHash: string;
}

export function ledgerHash(parts: LedgerParts): string {
  const { config } = parts;
  const header = [
    LEDGER_VERSION,
    `symbols ${config.symbols.join(',')}`,
    `sessions ${parts.sessions.map(({ session, minutes }) => `${session}:${minutes}`).join(',')}`,
    `policy ${config.policy}`,
    `profile ${config.profile}`,
    `fees ${contentHash(JSON.stringify(parts.feeTable))}`,
    `account ${config.accountUsdE4}`,
    `seed ${config.seed}`,
    `rearm ${config.rearm}`,
    `features ${featureSchemaHash(config.symbols.length)}`,
    `bars ${parts.barsHash}`,
    `daily ${parts.dailyHash}`,
    `rows ${parts.rowsHash}`,
    '',
  ];
  return contentHash(header.join('\n'));
}

/** Identifies the observation: features, constants, order and shape. A model whose hash differs is refused. */
export function featureSchemaHash(symbolCount: number): string {
  return contentHash(featureSchemaText(symbolCount));
}

export interface DailyContent {
  readonly symbol: string;
  readonly session: number;
  readonly openE4: number;
  readonly closeE4: number;
}

/** Hash of the daily bars that value at risk may read: those of the run's symbols before its last session. */
export function dailyContentHash(
  symbols: readonly string[],
  rows: readonly DailyContent[],
  lastSession: number,
): string {
  const wanted = new Set(symbols);
  const used = rows.filter((row) => wanted.has(row.symbol) && row.session < lastSession);
  const lines = used.map((row) => `${row.symbol} ${row.session} ${row.openE4} ${row.closeE4}`).sort();
  return contentHash(lines.join('\n'));
}

function contentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
