/**
 * Numbers and dates as people read them: dollars with sign and unit, shares, percentages, session dates.
 */

import { formatSessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { toUsd, type UsdE4 } from '../../../shared/domain/units/units.ts';

const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$1,944.00`, `-$3.10`. */
export function dollars(valueE4: UsdE4): string {
  return DOLLARS.format(toUsd(valueE4));
}

export function shares(count: number): string {
  return count === 1 ? '1 share' : `${count.toLocaleString('en-US')} shares`;
}

export { formatSessionDate };
