/**
 * The closed set of data faults, as bits: hard ones make a bar missing, soft ones cap the volume that fills may use.
 */

export const FAULT = {
  PRICE_INVALID: 1 << 0,
  RANGE_CROSSED: 1 << 1,
  JUMP_UNCONFIRMED: 1 << 2,
  OUT_OF_SESSION: 1 << 3,
  DUPLICATE_CONFLICT: 1 << 4,
  UNPARSEABLE: 1 << 5,
  QUOTE_CROSSED: 1 << 6,
  VOLUME_ZERO: 1 << 16,
  VOLUME_INVALID: 1 << 17,
  VOLUME_SPIKE: 1 << 18,
  VOLUME_RUNNING_TOTAL: 1 << 19,
  STALE_REPEAT: 1 << 20,
  /** No bar at all: only in `data_quality`, since a frame says so by its status. */
  MISSING: 1 << 21,
} as const;

export type FaultCode = keyof typeof FAULT;

export const HARD_FAULTS = 0xffff;

const CODES = Object.keys(FAULT) as FaultCode[];

export function faultCodes(bits: number): FaultCode[] {
  return CODES.filter((code) => (bits & FAULT[code]) !== 0);
}

export function faultBits(codes: readonly FaultCode[]): number {
  return codes.reduce((bits, code) => bits | FAULT[code], 0);
}
