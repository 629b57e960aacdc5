/**
 * A folder of recorded bars of a test's own: generated sessions, with faults where asked for.
 */

import { sessionOn } from '../../../shared/domain/calendar/calendar.ts';
import type { SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { injectFaults } from '../stack/fault-injector.ts';
import { MarketGenerator } from '../../../shared/domain/market/generator/market-generator.ts';
import { barFolder } from './bar-files.ts';

export interface BarsFolderOptions {
  readonly symbols: readonly string[];
  readonly sessions: readonly SessionDate[];
  readonly seed: number;
  /** Share of bars with a hard or soft fault; 0: none. */
  readonly faultRate?: number;
}

/** The folder; the caller removes it. */
export function writeBarsFolder({ symbols, sessions, seed, faultRate = 0 }: BarsFolderOptions): string {
  const generator = new MarketGenerator({ symbols, seed });
  const tables = sessions.map((date) => {
    const session = sessionOn(date);
    if (session === null) throw new RangeError(`${date} is not a session`);
    const clean = generator.session(session);
    return [date, faultRate === 0 ? clean : injectFaults(clean, { seed, rate: faultRate })] as const;
  });
  return barFolder(symbols, new Map(tables));
}
