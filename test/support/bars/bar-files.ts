/**
 * Writes bars as CSV files in a temporary folder, the way a provider would deliver them.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eachSession } from '../../../shared/adapters/csv/bars-csv.ts';
import { sessionOn } from '../../../shared/domain/calendar/calendar.ts';
import type { SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import type { BarTable } from '../../../shared/domain/market/bar-table.ts';
import { PRESENT } from '../../../shared/domain/market/frame.ts';
import { MINUTE_MS } from '../../../shared/domain/units/units.ts';
import type { QuarantineEntry } from '../../../shared/ports/repositories/messages.ts';

export const CSV_HEADER = 'symbol,ts,open,high,low,close,volume';

const folders: string[] = [];

/** Removes what `csvFolder` and `barFolder` made so far. */
export function removeCsvFolders(): void {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** A new folder with the given files: `{ 'AAPL.csv': 'text' }`. */
export function csvFolder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'jules-csv-'));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** One file per symbol with the bars of all tables; symbols in the order of the tables' columns. */
export function barFolder(symbols: readonly string[], tables: ReadonlyMap<SessionDate, BarTable>): string {
  const files = symbols.map((symbol, index) => {
    const rows = [...tables].flatMap(([date, table]) => barRows(symbol, { index, date, table }));
    return [`${symbol}.csv`, `${[CSV_HEADER, ...rows].join('\n')}\n`] as const;
  });
  return csvFolder(Object.fromEntries(files));
}

/** The sessions asked for, all at once. */
export function readSessions(
  dir: string,
  symbols: readonly string[],
  sessions: readonly SessionDate[],
): { tables: Map<SessionDate, BarTable>; quarantine: QuarantineEntry[] } {
  const read = [...eachSession(dir, symbols, sessions)];
  const tables = new Map(read.map(({ session, table }) => [session.date, table]));
  return { tables, quarantine: read.flatMap((each) => each.quarantine) };
}

/** Such as `2025-01-03T14:30:00Z`. */
function utcText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}

/** 2487000 → `248.7000`; a price that is not a number as `NaN`. */
function dollarText(priceE4: number): string {
  if (!Number.isFinite(priceE4)) return 'NaN';
  const digits = String(Math.abs(priceE4)).padStart(5, '0');
  return `${priceE4 < 0 ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function barRows(symbol: string, bars: { index: number; date: SessionDate; table: BarTable }): string[] {
  const { index, date, table } = bars;
  const session = sessionOn(date)!;
  const rows: string[] = [];
  for (let minute = 0; minute < table.minutes; minute++) {
    const at = index * table.minutes + minute;
    if (table.status[at] !== PRESENT) continue;
    const prices = [table.openE4, table.highE4, table.lowE4, table.closeE4].map((column) => dollarText(column[at]!));
    rows.push([symbol, utcText(session.openMs + minute * MINUTE_MS), ...prices, table.volume[at]].join(','));
  }
  return rows;
}
