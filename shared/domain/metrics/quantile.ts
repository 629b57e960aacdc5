/**
 * Quantile by linear interpolation between order statistics: type 7 of Hyndman and Fan, the default of numpy.
 */

/** `sorted` ascending and not empty; `fraction` in 0…1. */
export function quantileType7(sorted: ArrayLike<number>, fraction: number): number {
  const position = (sorted.length - 1) * fraction;
  const below = Math.floor(position);
  const value = sorted[below]!;
  const above = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return value + (position - below) * (above - value);
}
