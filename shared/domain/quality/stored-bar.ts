/**
 * A good bar of a judged minute as it is stored.
 *
 * A volume that is not a count of shares is stored as 0; the bar's quality row keeps what was delivered.
 */

import type { MinuteFrame, StoredBar } from '../market/frame.ts';
import type { EpochMs } from '../units/units.ts';
import { FAULT } from './faults.ts';

export function storedBar(frame: MinuteFrame, s: number, symbol: string, openMs: EpochMs): StoredBar {
  const faults = frame.faults[s]!;
  return {
    symbol,
    openMs,
    openE4: frame.openE4[s]!,
    highE4: frame.highE4[s]!,
    lowE4: frame.lowE4[s]!,
    closeE4: frame.closeE4[s]!,
    volume: (faults & FAULT.VOLUME_INVALID) === 0 ? frame.volume[s]! : 0,
    fillableVolume: frame.fillableVolume[s]!,
    faults,
  };
}
