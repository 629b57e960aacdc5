/**
 * A session whose bars are all known, handed over minute by minute.
 */

import { rawBars } from '../../shared/contracts/minute-conversions.ts';
import type { BarTable } from '../../shared/domain/market/bar-table.ts';
import { MinuteFrame } from '../../shared/domain/market/frame.ts';
import type { MarketSession } from '../../shared/ports/market-source.ts';
import type { QuarantineEntry } from '../../shared/ports/repositories/messages.ts';

export interface TableSession {
  readonly symbols: readonly string[];
  readonly table: BarTable;
  /** The first minute to deliver. */
  readonly minuteIndex: number;
  readonly digests: readonly string[];
  /** By default none. */
  readonly quarantine?: readonly QuarantineEntry[];
}

export function tableSession({ symbols, table, minuteIndex, digests, quarantine = [] }: TableSession): MarketSession {
  const frame = new MinuteFrame(symbols.length);
  let next = minuteIndex;
  return {
    digests,
    quarantine,
    async nextMinute(signal) {
      if (signal.aborted || next >= table.minutes) return null;
      table.readMinute(next, frame);
      const minute = { minuteIndex: next, bars: rawBars(frame, symbols) };
      next += 1;
      return minute;
    },
  };
}
