/**
 * An hour of two symbols to send through a target: recorded where `../shared/data` is, else generated, so that the
 * suites always have one.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeBarsFolder } from './bars-folder.ts';
import { hasSharedData, SHARED_DATA } from './shared-data.ts';

export interface RecordedHour {
  /** Options of `replay` and `backtest`. */
  readonly args: readonly string[];
  remove(): void;
}

const SYMBOLS = ['AAPL', 'MSFT'];

export const HOUR = hasSharedData ? 'a recorded hour' : 'a generated hour';

export function recordedHour(): RecordedHour {
  const bars = hasSharedData
    ? join(SHARED_DATA, 'bars', '2025q1')
    : writeBarsFolder({ symbols: SYMBOLS, sessions: [20_250_103], seed: 11, faultRate: 0.05 });
  return {
    args: ['--bars', bars, '--symbols', SYMBOLS.join(','), '--date', '2025-01-03', '--minutes', '60'],
    remove: () => {
      if (!hasSharedData) rmSync(bars, { recursive: true });
    },
  };
}
