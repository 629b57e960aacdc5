/**
 * What quality will say of a whole session, symbol by symbol: known before a run plays it, by the judge that plays it.
 */

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

function count(counts: Map<FaultCode, number>, codes: readonly FaultCode[]): void {
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
}
