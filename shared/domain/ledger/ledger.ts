/**
 * The ledger and its hash: what a run decided, ordered and filled, as canonical rows.
 *
 * Rows are newline-delimited text of integers and codes, in order of (event time, kind, symbol, sequence):
 * D decision, O order, F fill, A closing account of a session. No wall times, no broker or database ids.
 * The hash is SHA-256 over the header, which names every input of the run and holds the hashes of bars and rows.
 * Rulings: docs/decisions/0005-ledger-hash.md
 */

import { createHash } from 'node:crypto';
import { BUY, SELL } from '../policy/actions.ts';
import type { FeeTable } from '../execution/fee-tables.ts';
import type { Fill, Order } from '../orders/types.ts';
import { featureSchemaText } from '../features/feature-schema.ts';
import { maskOf } from '../risk/causes.ts';
import type { RearmMode } from '../risk/types.ts';
import { policyId, policyOf } from '../policy/registry.ts';
import type { ProfileName } from '../profile/profile.ts';
import type { Opening } from '../risk/opening.ts';
import type { EpochMs, UsdE4 } from '../units/units.ts';
import { putCode, putInteger, putValue, RowBuffer } from './row-buffer.ts';

/** Of the rows and the header. A run of another version is read, but neither hashed nor continued. */
export const LEDGER_VERSION = 'JL2';
/** How orders are worked: each at once and whole. */
const EXECUTION = 'immediate';
const NONE = '-';

const COMMA = 44;
const COLON = 58;
const ZERO = 48;
/** `,0:0:0`, little-endian: a symbol of which nothing is said. */
const QUIET_START = COMMA | (ZERO << 8) | (COLON << 16) | (ZERO << 24);
const QUIET_END = COLON | (ZERO << 8);
const [DECISION, ORDER, FILL, ACCOUNT] = [68, 79, 70, 65];

/** The account of a session at its end. */
export interface ClosingAccount {
  readonly eventMs: EpochMs;
  readonly stateMask: number;
  readonly session: number;
  readonly cashE4: UsdE4;
  readonly equityE4: UsdE4;
  readonly accountPeakE4: UsdE4;
  readonly limitReferenceE4: UsdE4;
  readonly realizedE4: UsdE4;
  readonly feesE4: UsdE4;
}

/** A decision as columns, one entry per symbol; verdicts as their codes. */
export interface DecisionColumns {
  readonly eventMs: EpochMs;
  readonly minuteIndex: number;
  /** Σ 1 << place of each standing cause. */
  readonly stateMask: number;
  readonly actions: ArrayLike<number>;
  readonly verdicts: ArrayLike<number>;
  readonly quantities: ArrayLike<number>;
}

export class LedgerWriter {
  readonly #rows: RowBuffer;

  constructor(onRow: ((row: string) => void) | null = null) {
    this.#rows = new RowBuffer(onRow);
  }

  /** D,time,minute,stateMask then action:verdict:quantity per symbol. */
  decision(frame: DecisionColumns): void {
    const { bytes, view } = this.#rows;
    let at = this.#start(DECISION, frame.eventMs);
    at = putValue(bytes, at, frame.minuteIndex);
    at = putInteger(bytes, at, frame.stateMask);
    const { actions, verdicts, quantities } = frame;
    for (let s = 0; s < actions.length; s++) {
      const action = actions[s]!;
      if (verdicts[s] === 0 && quantities[s] === 0 && action >= SELL && action <= BUY && Number.isInteger(action)) {
        // Most symbols of most minutes: six bytes in two words.
        view.setUint32(at, QUIET_START + (action << 8), true);
        view.setUint16(at + 4, QUIET_END, true);
        at += 6;
        continue;
      }
      bytes[at++] = COMMA;
      at = putInteger(bytes, at, action);
      bytes[at++] = COLON;
      at = putInteger(bytes, at, verdicts[s]!);
      bytes[at++] = COLON;
      at = putInteger(bytes, at, quantities[s]!);
    }
    this.#rows.endRow(at);
  }

  /** O,time,symbol,kind,side,type,reference,quantity,limit,stop,mark. */
  order(order: Order): void {
    const { bytes } = this.#rows;
    let at = this.#start(ORDER, order.eventMs);
    at = putCode(bytes, at, order.symbol);
    at = putCode(bytes, at, order.kind);
    at = putCode(bytes, at, order.side);
    at = putCode(bytes, at, order.type);
    at = putCode(bytes, at, order.orderRef);
    at = putValue(bytes, at, order.quantity);
    at = putValue(bytes, at, order.limitPriceE4);
    at = putValue(bytes, at, order.stopPriceE4);
    this.#rows.endRow(putInteger(bytes, at, order.referencePriceE4));
  }

  /** F,time,symbol,sequence,reference,side,code,quantity,price, then the four fee components. */
  fill(fill: Fill): void {
    const { bytes } = this.#rows;
    const { fees } = fill;
    let at = this.#start(FILL, fill.eventMs);
    at = putCode(bytes, at, fill.symbol);
    at = putValue(bytes, at, fill.sequence);
    at = putCode(bytes, at, fill.orderRef);
    at = putCode(bytes, at, fill.side);
    at = putCode(bytes, at, fill.code);
    at = putValue(bytes, at, fill.quantity);
    at = putValue(bytes, at, fill.priceE4);
    at = putValue(bytes, at, fees.commissionE4);
    at = putValue(bytes, at, fees.exchangeE4);
    at = putValue(bytes, at, fees.secE4);
    this.#rows.endRow(putInteger(bytes, at, fees.tafE4));
  }

  /** A,time,stateMask,session,cash,equity,accountPeak,limitReference,realised,fees. */
  account(account: ClosingAccount): void {
    const { bytes } = this.#rows;
    let at = this.#start(ACCOUNT, account.eventMs);
    at = putValue(bytes, at, account.stateMask);
    at = putValue(bytes, at, account.session);
    at = putValue(bytes, at, account.cashE4);
    at = putValue(bytes, at, account.equityE4);
    at = putValue(bytes, at, account.accountPeakE4);
    at = putValue(bytes, at, account.limitReferenceE4);
    at = putValue(bytes, at, account.realizedE4);
    this.#rows.endRow(putInteger(bytes, at, account.feesE4));
  }

  digest(): string {
    return this.#rows.digest();
  }

  /** Kind and event time; the place of the next value. */
  #start(kind: number, eventMs: EpochMs): number {
    return this.#rows.startRow(kind, eventMs);
  }
}

/** What of a run's configuration decides its rows. */
export interface LedgerConfig {
  readonly symbols: readonly string[];
  readonly policy: string;
  readonly profile: ProfileName;
  readonly accountUsdE4: UsdE4;
  readonly opening: Opening;
  readonly seed: number;
  readonly rearm: RearmMode;
}

export interface LedgerParts {
  readonly config: LedgerConfig;
  readonly feeTable: FeeTable;
  readonly sessions: readonly { readonly session: number; readonly minutes: number }[];
  /** Content hashes; `daily` is `-` where the profile reads no daily bars. */
  readonly barsHash: string;
  readonly dailyHash: string;
  readonly rowsHash: string;
}

export function ledgerHash(parts: LedgerParts): string {
  const { config } = parts;
  const { cashE4, accountPeakE4, limitReferenceE4, causes } = config.opening;
  const header = [
    LEDGER_VERSION,
    `symbols ${config.symbols.join(',')}`,
    `sessions ${parts.sessions.map(({ session, minutes }) => `${session}:${minutes}`).join(',')}`,
    `policy ${policyId(policyOf(config.policy))}`,
    `profile ${config.profile}`,
    `fees ${contentHash(JSON.stringify(parts.feeTable))}`,
    `account ${config.accountUsdE4}`,
    `seed ${config.seed}`,
    `rearm ${config.rearm}`,
    `opening ${cashE4},${accountPeakE4},${limitReferenceE4},${maskOf(causes)}`,
    `execution ${EXECUTION}`,
    `features ${featureSchemaHash(config.symbols.length)}`,
    `bars ${parts.barsHash}`,
    `daily ${parts.dailyHash}`,
    `alternative ${NONE}`,
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
