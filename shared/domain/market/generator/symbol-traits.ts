/**
 * What tells one symbol of the generated market from another: level, size, restlessness and sector.
 *
 * Well-known symbols resemble their namesakes of early 2026 in size only; any other name gets traits from its hash.
 */

import { CounterNoise, keyOfName } from './counter-noise.ts';

export interface SymbolTraits {
  readonly key: number;
  /** The level that the price wanders around. */
  readonly referenceUsd: number;
  /** Standard deviation of the return from open to close on an average day. */
  readonly intradaySigma: number;
  /** Standard deviation of the return from close to open. */
  readonly overnightSigma: number;
  readonly sharesPerDay: number;
  readonly sector: number;
}

const TECHNOLOGY = 1;
const CONSUMER = 2;
const BROAD = 3;
const SECTORS = 6;
const OVERNIGHT_SHARE = 0.95;

/** Price in dollars, open-to-close standard deviation, shares a day, sector. */
const KNOWN: Readonly<Record<string, readonly [number, number, number, number]>> = {
  AAPL: [255, 0.0122, 38e6, TECHNOLOGY],
  MSFT: [440, 0.0115, 20e6, TECHNOLOGY],
  NVDA: [150, 0.019, 180e6, TECHNOLOGY],
  AMZN: [220, 0.0145, 35e6, CONSUMER],
  META: [620, 0.0155, 12e6, TECHNOLOGY],
  GOOGL: [200, 0.0135, 28e6, TECHNOLOGY],
  TSLA: [330, 0.024, 80e6, CONSUMER],
  SPY: [610, 0.0068, 55e6, BROAD],
  QQQ: [540, 0.0088, 38e6, BROAD],
};

export function symbolTraits(symbol: string): SymbolTraits {
  const key = keyOfName(symbol);
  const [referenceUsd, intradaySigma, sharesPerDay, sector] = KNOWN[symbol] ?? traitsFromHash(key);
  return { key, referenceUsd, intradaySigma, overnightSigma: OVERNIGHT_SHARE * intradaySigma, sharesPerDay, sector };
}

function traitsFromHash(key: number): readonly [number, number, number, number] {
  const noise = new CounterNoise(key);
  const size = noise.uniform(0);
  return [
    20 + 380 * size * size,
    0.011 + 0.011 * noise.uniform(1),
    (2 + 28 * noise.uniform(2)) * 1e6,
    1 + (noise.uint32(3) % SECTORS),
  ];
}
