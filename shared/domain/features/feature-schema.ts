/**
 * The observation as a contract: which features, with which constants, in which order. A model stores the hash of
 * this text and is refused where it differs, so any change of meaning changes a line here.
 */

export const FEATURE_NAMES = [
  'logReturn1m',
  'logReturn5m',
  'rsi14',
  'emaGap',
  'vwapGap',
  'atr14',
  'realisedVolatility30m',
  'relativeVolume',
  'dayRangePlace',
  'timeSine',
  'timeCosine',
] as const;

export const FEATURE_COUNT = FEATURE_NAMES.length;

/** Closes of a session before every feature is ready: 30 returns need 31. */
export const READY_CLOSES = 31;

const DEFINITIONS = [
  'logReturn1m ln(close/close[1])',
  'logReturn5m ln(close/close[5])',
  'rsi14 Wilder 14, (rsi-50)/50',
  'emaGap (ema12-ema26)/close, seeded with the first close',
  'vwapGap close/vwap-1, typical price (h+l+c)/3',
  'atr14 Wilder 14 from the second bar, over close',
  'realisedVolatility30m sd(n-1) of 30 one-minute log returns',
  'relativeVolume volume over the mean of this minute in the last 5 to 20 sessions, else over the mean of the session so far, at most 20',
  'dayRangePlace (close-low)/(high-low) of the session so far, 0.5 without a range',
  'timeSine sin(2 pi i/390)',
  'timeCosine cos(2 pi i/390)',
];

export function featureSchemaText(symbolCount: number): string {
  const shape = `float32 [${symbolCount} x ${FEATURE_COUNT} features, then ${symbolCount} positions in shares], row-major`;
  return ['observation 1', shape, `ready after ${READY_CLOSES} closes`, ...DEFINITIONS].join('\n');
}
