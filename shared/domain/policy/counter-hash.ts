/**
 * Chance without a generator's state: a 32-bit hash of seed, session, minute and symbol.
 */

import type { PolicyMinute } from './policy.ts';

/** What a draw depends on, beside the symbol. */
export type CounterMinute = Omit<PolicyMinute, 'minutes'>;

export function counterHash(minute: CounterMinute, hashOfSymbol: number): number {
  let hash = mix(minute.seed ^ 0x9e37_79b9);
  hash = mix(hash ^ minute.session);
  hash = mix(hash ^ minute.minuteIndex);
  return mix(hash ^ hashOfSymbol);
}

/** FNV-1a over the symbol's characters. */
export function symbolHash(symbol: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < symbol.length; at++) hash = Math.imul(hash ^ symbol.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

/** The 32-bit finaliser of MurmurHash3. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
