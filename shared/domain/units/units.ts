/**
 * Units of the core: money and prices as safe integers in 1e-4 USD, whole shares, epoch milliseconds.
 *
 * The types are flavoured: a plain number fits each of them, but a price does not fit where money is asked for.
 * Rounding happens in exactly three named places of the core: fill price, fee component and share quantity.
 */

export type UsdE4 = number & { readonly unit?: 'UsdE4' };
export type PriceE4 = number & { readonly unit?: 'PriceE4' };
export type Quantity = number & { readonly unit?: 'Quantity' };
export type Bps = number & { readonly unit?: 'Bps' };
export type EpochMs = number & { readonly unit?: 'EpochMs' };

const USD_E4_PER_USD = 10_000;
export const MINUTE_MS = 60_000;

/** Our own bug, stated as the invariant that should have held. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new AssertionError(invariant);
}

export function assertSafeInteger(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) throw new AssertionError(`${what} is a safe integer, got ${value}`);
  return value;
}

/** Dollars for display, from 1e-4 USD. */
export function toUsd(valueE4: UsdE4 | PriceE4): number {
  return valueE4 / USD_E4_PER_USD;
}

/** 1e-4 USD from dollars given by a person; rounds half away from zero. */
export function usdE4FromUsd(usd: number): UsdE4 {
  return assertSafeInteger(Math.sign(usd) * Math.round(Math.abs(usd) * USD_E4_PER_USD), 'amount in 1e-4 USD');
}
