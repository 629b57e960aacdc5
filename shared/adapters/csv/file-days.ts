/**
 * What a file of bars holds of each date: where its rows go, how many there are, between which times, and whether they
 * stand in order.
 */

import { dateOfDay, dayOfDate, type SessionDate } from '../../domain/calendar/session-date.ts';
import type { Session } from '../../domain/calendar/calendar.ts';
import type { BarTable } from '../../domain/market/bar-table.ts';
import { MINUTES_PER_DAY } from './session-clock.ts';

/** Where the bars of one date go. */
export interface BarDay {
  readonly session: Session;
  readonly table: BarTable;
}

/** `skip`: not asked for; `closed`: the exchange has no session on that date. */
export type DayChoice = BarDay | 'skip' | 'closed';

/** What one file holds of one date. */
export interface DayTally {
  readonly date: SessionDate;
  readonly choice: DayChoice;
  readonly firstLine: number;
  readonly dayNumber: number;
  firstMinute: number;
  lastMinute: number;
  rows: number;
  bars: number;
}

export class FileDays {
  /** That of the newest row; null before the first, and after one of a date that does not exist. */
  current: DayTally | null = null;
  readonly #dayOf: (date: SessionDate) => DayChoice;
  /** Null: no such date. */
  readonly #days = new Map<SessionDate, DayTally | null>();
  #lastMinute = -1;

  constructor(dayOf: (date: SessionDate) => DayChoice) {
    this.#dayOf = dayOf;
  }

  /** Rows that stand together begin. `isBehind`: the row before the first of them has a later date. */
  startSpan(isBehind: boolean): void {
    this.#lastMinute = isBehind ? Number.MAX_SAFE_INTEGER : -1;
  }

  /** Makes a date the current one; false where it does not exist. */
  enter(date: SessionDate, line: number): boolean {
    if (this.current?.date === date) return true;
    let day = this.#days.get(date);
    if (day === undefined) {
      day = this.#newDay(date, line);
      this.#days.set(date, day);
    }
    this.current = day;
    return day !== null;
  }

  /** True where the row before has a later time; the row is then the one before the next. */
  isBehind({ dayNumber }: DayTally, minuteOfDay: number): boolean {
    const minute = dayNumber * MINUTES_PER_DAY + minuteOfDay;
    const isBehind = minute < this.#lastMinute;
    this.#lastMinute = minute;
    return isBehind;
  }

  inOrder(): DayTally[] {
    return [...this.#days.values()].filter((day) => day !== null).sort((one, other) => one.date - other.date);
  }

  #newDay(date: SessionDate, firstLine: number): DayTally | null {
    const dayNumber = dayOfDate(date);
    if (dateOfDay(dayNumber) !== date) return null;
    const choice = this.#dayOf(date);
    return { date, choice, dayNumber, firstLine, firstMinute: MINUTES_PER_DAY, lastMinute: -1, rows: 0, bars: 0 };
  }
}
