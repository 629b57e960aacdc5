/**
 * What a load did, as one object and as lines for a person: rows, bad rows, and every gap by its New York time.
 */

import { formatSessionDate, type SessionDate } from '../../../../shared/domain/calendar/session-date.ts';
import { FAULT, type FaultCode, faultCodes } from '../../../../shared/domain/quality/faults.ts';
import type { QuarantineEntry } from '../../../../shared/ports/repositories/messages.ts';
import { counted } from '../../../../shared/read-models/format.ts';
import type { JudgedSymbol } from './judged-session.ts';

export interface Gap {
  readonly symbol: string;
  /** yyyy-mm-dd */
  readonly session: string;
  readonly missing: number;
  /** New York time of the first and last minute of each stretch. */
  readonly stretches: readonly { readonly from: string; readonly to: string }[];
}

export interface LoadSummary {
  symbols: readonly string[];
  sessions: number;
  /** Good bars stored. */
  bars: number;
  /** Bars not taken for a hard fault; kept beside the others with their reason. */
  refusedBars: number;
  faults: Partial<Record<FaultCode, number>>;
  gaps: Gap[];
  /** Rows of the files in quarantine, by reason. */
  quarantined: Record<string, number>;
  dailyBars: number;
}

const LINES_MAX = 20;
const OPEN_MINUTE = 570;

export function emptySummary(symbols: readonly string[]): LoadSummary {
  return { symbols, sessions: 0, bars: 0, refusedBars: 0, faults: {}, gaps: [], quarantined: {}, dailyBars: 0 };
}

export function countSymbol(summary: LoadSummary, date: SessionDate, judged: JudgedSymbol): void {
  summary.bars += judged.bars.length;
  for (const { faults, hard } of judged.quality) {
    if (hard) summary.refusedBars += 1;
    if (faults === FAULT.MISSING) continue;
    for (const code of faultCodes(faults)) summary.faults[code] = (summary.faults[code] ?? 0) + 1;
  }
  if (judged.missing.length > 0) summary.gaps.push(gapOf(judged.symbol, date, judged.missing));
}

export function countQuarantine(summary: LoadSummary, entries: readonly QuarantineEntry[]): void {
  for (const { reason } of entries) summary.quarantined[reason] = (summary.quarantined[reason] ?? 0) + 1;
}

/**
 * Such as `AAPL 2025-05-13: 6 minutes missing: 10:10–10:14, 13:38`.
 *
 * @internal Exported for its tests.
 */
export function gapLine({ symbol, session, missing, stretches }: Gap): string {
  const spans = stretches.map(({ from, to }) => (from === to ? from : `${from}–${to}`));
  return `${symbol} ${session}: ${counted(missing, 'minute')} missing: ${spans.join(', ')}`;
}

export function summaryLines(summary: LoadSummary, quarantine: readonly QuarantineEntry[]): string[] {
  const { symbols, sessions, bars, dailyBars, refusedBars, faults, gaps } = summary;
  const lines = [`${counted(bars, 'bar')} of ${symbols.join(', ')} in ${counted(sessions, 'session')}`];
  if (dailyBars > 0) lines.push(`${counted(dailyBars, 'daily bar')}`);
  const codes = Object.entries(faults).map(([code, times]) => `${code} ${times}`);
  if (codes.length > 0) lines.push(`${counted(refusedBars, 'bar')} refused; faults: ${codes.join(', ')}`);
  lines.push(...shortened(gaps.map(gapLine), 'gap'));
  const bad = quarantine.map(
    ({ source, reason, field, value, fix }) => `${source}: ${reason}, ${field} '${value}': ${fix}`,
  );
  if (bad.length > 0) lines.push(`${counted(bad.length, 'row')} in quarantine:`);
  lines.push(...shortened(bad, 'row'));
  return lines;
}

function gapOf(symbol: string, date: SessionDate, missing: readonly number[]): Gap {
  const stretches: { from: number; to: number }[] = [];
  for (const minute of missing) {
    const last = stretches.at(-1);
    if (last?.to === minute - 1) last.to = minute;
    else stretches.push({ from: minute, to: minute });
  }
  return {
    symbol,
    session: formatSessionDate(date),
    missing: missing.length,
    stretches: stretches.map(({ from, to }) => ({ from: newYorkTime(from), to: newYorkTime(to) })),
  };
}

function newYorkTime(minute: number): string {
  const ofDay = OPEN_MINUTE + minute;
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
}

function shortened(lines: readonly string[], what: string): string[] {
  if (lines.length <= LINES_MAX) return [...lines];
  return [...lines.slice(0, LINES_MAX), `… and ${counted(lines.length - LINES_MAX, `more ${what}`)}`];
}
