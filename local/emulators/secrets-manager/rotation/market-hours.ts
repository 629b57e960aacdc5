/**
 * When no schedule may start a rotation: while the exchange trades, and shortly before it opens, so that what begins
 * is over by then. Whoever asks for a rotation by hand gets it at any time.
 */

import { sessionAt } from '../../../../shared/domain/calendar/calendar.ts';

/** A rotation with all its attempts but the last takes less. */
const BEFORE_OPEN_MS = 15 * 60_000;

export type QuietHours = (nowMs: number) => boolean;

/** Throws RangeError outside the years of the exchange calendar. */
export const marketHours: QuietHours = (nowMs) =>
  sessionAt(nowMs) !== null || sessionAt(nowMs + BEFORE_OPEN_MS) !== null;
