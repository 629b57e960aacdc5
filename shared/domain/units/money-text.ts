/**
 * Money and prices as people read them, on the page, in the terminal and in what is recorded: one rule each.
 *
 * Worked out in whole units, so that half a cent is rounded the same way everywhere: away from zero.
 */

import type { PriceE4, UsdE4 } from './units.ts';

const E4_PER_CENT = 100;
const E4_PER_USD = 10_000;

/** `$1,944.00`, `-$3.10`; what rounds to nothing has no sign. */
export function usdText(valueE4: UsdE4): string {
  const cents = Math.round(Math.abs(valueE4) / E4_PER_CENT);
  return `${valueE4 < 0 && cents > 0 ? '-' : ''}$${decimal(cents, 2)}`;
}

/** `$1,243.05`, with more decimals where the price has them: `$243.0512`; below a dollar always four: `$0.9990`. */
export function priceText(priceE4: PriceE4): string {
  const wholeE4 = Math.round(Math.abs(priceE4));
  const sign = priceE4 < 0 && wholeE4 > 0 ? '-' : '';
  const text = decimal(wholeE4, 4);
  return `${sign}$${wholeE4 < E4_PER_USD ? text : text.replace(/0{1,2}$/, '')}`;
}

/** The digits with a point before the last `decimals` and commas between the thousands. */
function decimal(whole: number, decimals: 2 | 4): string {
  if (!Number.isFinite(whole)) return String(whole);
  const digits = String(whole).padStart(decimals + 1, '0');
  const thousands = digits.slice(0, -decimals).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${thousands}.${digits.slice(-decimals)}`;
}
