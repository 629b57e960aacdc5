/**
 * One recorded session as the rows that `load` stores: good bars, what quality said, and the minutes that are missing.
 */

import { rawBars } from '../../../../shared/contracts/minute-conversions.ts';
import type { Session } from '../../../../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../../../../shared/domain/market/bar-table.ts';
import { MISSING, MinuteFrame, PRESENT } from '../../../../shared/domain/market/frame.ts';
import { FAULT, HARD_FAULTS } from '../../../../shared/domain/quality/faults.ts';
import { QualityStage } from '../../../../shared/domain/quality/quality.ts';
import { MINUTE_MS } from '../../../../shared/domain/units/units.ts';
import type { BarRow, QualityRow } from '../../../../shared/ports/repositories/market.ts';
import { storedBar } from '../../../../shared/domain/quality/stored-bar.ts';

export interface JudgedSymbol {
  readonly symbol: string;
  readonly bars: BarRow[];
  readonly quality: QualityRow[];
  /** Minutes of the session without a row, in order. */
  readonly missing: number[];
}

/** By symbol, in the order of the table's columns. */
export function judgeSession(session: Session, table: BarTable, symbols: readonly string[]): JudgedSymbol[] {
  const judged = symbols.map((symbol): JudgedSymbol => ({ symbol, bars: [], quality: [], missing: [] }));
  const frame = new MinuteFrame(symbols.length);
  const stage = new QualityStage(symbols.length);
  stage.startSession();
  for (let minute = 0; minute < table.minutes; minute++) {
    table.readMinute(minute, frame);
    // The stage judges in place, so what was delivered is written down first.
    const delivered = rawBars(frame, symbols);
    stage.step(frame);
    const openMs = session.openMs + minute * MINUTE_MS;
    for (const [s, each] of judged.entries()) {
      const isMissing = frame.status[s] === MISSING;
      const faults = isMissing ? FAULT.MISSING : frame.faults[s]!;
      if (isMissing) each.missing.push(minute);
      if (frame.status[s] === PRESENT) each.bars.push(storedBar(frame, s, each.symbol, openMs));
      if (faults === 0) continue;
      const hard = (faults & HARD_FAULTS) !== 0;
      each.quality.push({ symbol: each.symbol, openMs, faults, hard, raw: JSON.stringify(delivered[s]) });
    }
  }
  return judged;
}
