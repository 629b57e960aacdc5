/**
 * The recorded sessions of a run, each judged before it is played: what is missing is skipped and listed, what cannot be
 * played at all is a problem, and what a reader of the result should know is counted.
 *
 * Backtest and replay ask this same function, so that both say the same of the same files.
 */

import { heldSessions } from '../../../shared/adapters/csv/bars-csv.ts';
import type { RecordedSession } from '../../../shared/adapters/csv/session-files.ts';
import { formatSessionDate, type SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { feeTable, isPastCheckedRates } from '../../../shared/domain/execution/fee-tables.ts';
import { noUsableBar, type SymbolFaults, sessionFaults } from '../../../shared/domain/quality/session-faults.ts';
import { tradedMinutes } from '../../../shared/domain/run/run-config.ts';
import type { QuarantineEntry } from '../../../shared/ports/repositories/messages.ts';
import { EXIT_FAILED, Problem } from '../../problem.ts';
import { problemOfCsv, recordedSessions } from './recorded-bars.ts';
import { type RunOptions, sessionsOf } from './run-options.ts';

/** What a result says of its input, beside what the run made of it. */
export interface InputNotes {
  /** Skipped, since these symbols have not a single row of them. */
  readonly missingSessions: readonly { readonly date: string; readonly symbols: readonly string[] }[];
  /** How often, by code. */
  readonly warnings: Readonly<Record<string, number>>;
}

/** A session of which some symbols have not a single row. */
export interface MissingSession {
  readonly session: SessionDate;
  readonly symbols: readonly string[];
}

export interface SplitSessions {
  readonly kept: readonly SessionDate[];
  readonly missing: readonly MissingSession[];
}

export interface RecordedRun {
  /** Those of the range that every symbol has rows of, in order. */
  readonly dates: readonly SessionDate[];
  /** Each read and judged when its turn comes. Throws Problem where one cannot be played. */
  readonly sessions: Iterable<RecordedSession>;
  /** Complete once the sessions have been read. */
  notes(): InputNotes;
}

/** Throws Problem where a file cannot be taken, nothing is left to play, or `--strict` meets a missing session. */
export function openRecordedRun(options: RunOptions): RecordedRun {
  const { bars, symbols, minutes = null } = options;
  const { kept, missing } = splitMissing(bars, symbols, sessionsOf(options));
  if (options.strict === true) refuseMissing(missing);
  const warnings = new Warnings();
  const fees = feesOf(options);
  function* sessions(): Generator<RecordedSession> {
    for (const each of recordedSessions({ bars, symbols, sessions: kept })) {
      warnings.rows(each.quarantine);
      warnings.bars(judge(symbols, { ...each, minutesMax: minutes }));
      if (isPastCheckedRates(fees, each.session.date)) warnings.add('FEE_RATE_UNCHECKED', 1);
      yield each;
    }
  }
  return {
    dates: kept,
    sessions: { [Symbol.iterator]: sessions },
    notes: () => ({
      missingSessions: missing.map((each) => ({ date: formatSessionDate(each.session), symbols: each.symbols })),
      warnings: warnings.counts(),
    }),
  };
}

/** The sessions that every symbol has rows of, and the others. Throws Problem where nothing is left. */
export function splitMissing(
  bars: string,
  symbols: readonly string[],
  sessions: readonly SessionDate[],
): SplitSessions {
  const held = problemOfCsv(() => symbols.map((symbol) => new Set(heldSessions(bars, symbol))));
  const missing = sessions
    .map((session) => ({ session, symbols: symbols.filter((_, at) => !held[at]!.has(session)) }))
    .filter((each) => each.symbols.length > 0);
  const skipped = new Set(missing.map(({ session }) => session));
  const kept = sessions.filter((session) => !skipped.has(session));
  // The reader says best what a file holds instead of the sessions asked for.
  if (kept.length === 0) for (const _ of recordedSessions({ bars, symbols, sessions }));
  return { kept, missing };
}

/** What is wrong with a session's bars, by symbol. Throws Problem where a symbol has none that can be used. */
export function judge(
  symbols: readonly string[],
  { session, table, minutesMax }: Pick<RecordedSession, 'session' | 'table'> & { readonly minutesMax: number | null },
): readonly SymbolFaults[] {
  const minutes = tradedMinutes({ minutesMax }, session);
  const judged = sessionFaults(table, minutes);
  const wrong = noUsableBar(judged, { symbols, session, minutes });
  if (wrong === null) return judged;
  throw new Problem(wrong, {
    fix: 'correct the rows, or ask for a range without that session',
    exitCode: EXIT_FAILED,
  });
}

function feesOf({ profile, fees }: RunOptions) {
  return feeTable(profile === 'bench' ? 'bench' : fees);
}

class Warnings {
  readonly #counts = new Map<string, number>();

  add(code: string, times: number): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + times);
  }

  rows(quarantine: readonly QuarantineEntry[]): void {
    for (const { reason } of quarantine) this.add(`ROW_${reason.toUpperCase().replaceAll('-', '_')}`, 1);
  }

  bars(judged: readonly SymbolFaults[]): void {
    for (const { faults } of judged) for (const [code, times] of faults) this.add(`BAR_${code}`, times);
  }

  /** By code, in its order. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}

/** What `--strict` does of a missing session. Throws Problem. */
export function refuseMissing(missing: readonly MissingSession[]): void {
  const [first] = missing;
  if (first === undefined) return;
  const more = missing.length === 1 ? '' : `, and ${missing.length - 1} more sessions are incomplete`;
  const lacking = `session ${formatSessionDate(first.session)} has no row of ${first.symbols.join(', ')}${more}`;
  throw new Problem(lacking, {
    fix: 'add the rows, or leave out --strict to skip such sessions and list them in the result',
    exitCode: EXIT_FAILED,
  });
}
