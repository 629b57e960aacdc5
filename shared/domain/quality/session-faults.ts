/**
 * What quality will say of a whole session, symbol by symbol: known before a run plays it, by the judge that plays it.
 */

import { type Session } from '../calendar/calendar.ts';
import { formatSessionDate } from '../calendar/session-date.ts';
import type { BarTable } from '../market/bar-table.ts';
import { MinuteFrame, PRESENT } from '../market/frame.ts';
import { type FaultCode, faultCodes } from './faults.ts';
import { QualityStage } from './quality.ts';

export interface SymbolFaults {
  /** Minutes with a bar that decisions may use. */
  readonly good: number;
  /** Bars by what is wrong with them; one bar may have several faults. */
  readonly faults: ReadonlyMap<FaultCode, number>;
}

/** Of the first `minutes` of the session, by symbol of the table. */
export function sessionFaults(table: BarTable, minutes: number): SymbolFaults[] {
  const stage = new QualityStage(table.symbolCount);
  const frame = new MinuteFrame(table.symbolCount);
  const good = new Uint32Array(table.symbolCount);
  const faults = Array.from(good, () => new Map<FaultCode, number>());
  stage.startSession();
  for (let minute = 0; minute < minutes; minute++) {
    table.readMinute(minute, frame);
    stage.step(frame);
    for (let s = 0; s < table.symbolCount; s++) {
      if (frame.status[s] === PRESENT) good[s]! += 1;
      if (frame.faults[s] !== 0) count(faults[s]!, faultCodes(frame.faults[s]!));
    }
  }
  return faults.map((each, s) => ({ good: good[s]!, faults: each }));
}

/** Why a session cannot be played: its first symbol without a bar that decisions may use. Null where each has one. */
export function noUsableBar(
  judged: readonly SymbolFaults[],
  {
    symbols,
    session,
    minutes,
  }: { readonly symbols: readonly string[]; readonly session: Session; readonly minutes: number },
): string | null {
  const at = judged.findIndex(({ good }) => good === 0);
  if (at === -1) return null;
  const reasons = [...judged[at]!.faults].map(([code, times]) => `${code} ${times}`).join(', ');
  const why = reasons === '' ? `none in its first ${minutes} minutes` : reasons;
  return `${symbols[at]} has no usable bar in session ${formatSessionDate(session.date)}: ${why}`;
}

function count(counts: Map<FaultCode, number>, codes: readonly FaultCode[]): void {
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
}
