/**
 * Random numbers that a seed repeats: mulberry32, uniform in [0, 1).
 */

export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Printable text that packing makes hardly smaller. */
export function noise(length: number): string {
  const random = seededRandom(1);
  return Array.from({ length }, () => String.fromCharCode(48 + Math.floor(random() * 43))).join('');
}
