/**
 * Chance without state: the n-th number of a stream is a hash of (keys, n), so any day can be drawn by itself.
 */

import { normalQuantile } from './exact-math.ts';

const GOLDEN = 0x9e3779b9;
const TWO_32 = 4_294_967_296;

export class CounterNoise {
  readonly #first: number;
  readonly #second: number;

  /** Streams with any differing key are independent. Keys are integers of 32 bits. */
  constructor(...keys: readonly number[]) {
    let first = GOLDEN;
    let second = ~GOLDEN;
    for (const key of keys) {
      first = scramble(first ^ key);
      second = scramble(Math.imul(second, 31) + first);
    }
    this.#first = first;
    this.#second = second;
  }

  uint32(counter: number): number {
    return scramble(scramble(Math.imul(counter + 1, GOLDEN) + this.#first) ^ this.#second) >>> 0;
  }

  /** Strictly between 0 and 1. */
  uniform(counter: number): number {
    return (this.uint32(counter) + 0.5) / TWO_32;
  }

  /** Mean 0, standard deviation 1. */
  normal(counter: number): number {
    return normalQuantile(this.uniform(counter));
  }
}

/** A key from a name. */
export function keyOfName(name: string): number {
  let key = GOLDEN;
  for (let at = 0; at < name.length; at++) key = scramble(key ^ name.charCodeAt(at));
  return key;
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain): every input bit moves every output bit. */
function scramble(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
