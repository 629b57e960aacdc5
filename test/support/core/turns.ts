/**
 * Whose entry comes first, by a second implementation of the counter hash: the finaliser of MurmurHash3 chained over
 * seed, session, minute and the FNV-1a of the symbol, in big integers.
 */

const MASK = 0xffff_ffffn;

function finalise(value: bigint): bigint {
  let hash = value & MASK;
  hash = ((hash ^ (hash >> 16n)) * 0x85eb_ca6bn) & MASK;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2_ae35n) & MASK;
  return hash ^ (hash >> 16n);
}

function fnv(symbol: string): bigint {
  const letters = Array.from({ length: symbol.length }, (_, at) => BigInt(symbol.charCodeAt(at)));
  return letters.reduce((hash, letter) => ((hash ^ letter) * 0x0100_0193n) & MASK, 0x811c_9dc5n);
}

export interface TurnMinute {
  readonly seed: number;
  readonly session: number;
  readonly minuteIndex: number;
}

function turnOf({ seed, session, minuteIndex }: TurnMinute, symbol: string): bigint {
  const parts = [BigInt(seed) ^ 0x9e37_79b9n, BigInt(session), BigInt(minuteIndex), fnv(symbol)];
  return parts.reduce((hash, part) => finalise(hash ^ part), 0n);
}

/** The symbols in the order in which their entries of one minute are judged. */
export function inTurn(symbols: readonly string[], minute: TurnMinute): string[] {
  const turns = new Map(symbols.map((symbol) => [symbol, turnOf(minute, symbol)]));
  return symbols.toSorted((one, other) => {
    const difference = turns.get(one)! - turns.get(other)!;
    return difference === 0n ? (one < other ? -1 : 1) : Number(difference);
  });
}
