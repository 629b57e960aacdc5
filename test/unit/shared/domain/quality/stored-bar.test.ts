/**
 * A judged bar as a row: as it is, and with the one thing that is not stored as it came.
 */

import { describe, expect, it } from 'vitest';
import { MinuteFrame, PRESENT } from '../../../../../shared/domain/market/frame.ts';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import { storedBar } from '../../../../../shared/domain/quality/stored-bar.ts';

const OPEN_MS = Date.UTC(2025, 0, 3, 14, 30);

function frameWith(volume: number, faults: number): MinuteFrame {
  const frame = new MinuteFrame(2);
  frame.status[1] = PRESENT;
  frame.openE4[1] = 1_000_000;
  frame.highE4[1] = 1_010_000;
  frame.lowE4[1] = 990_000;
  frame.closeE4[1] = 1_005_000;
  frame.volume[1] = volume;
  frame.fillableVolume[1] = 80;
  frame.faults[1] = faults;
  return frame;
}

describe('the row of a good bar', () => {
  it('has the values of its symbol and minute', () => {
    expect(storedBar(frameWith(100, 0), 1, 'MSFT', OPEN_MS)).toEqual({
      symbol: 'MSFT',
      openMs: OPEN_MS,
      openE4: 1_000_000,
      highE4: 1_010_000,
      lowE4: 990_000,
      closeE4: 1_005_000,
      volume: 100,
      fillableVolume: 80,
      faults: 0,
    });
  });

  it.each([Number.NaN, 0.5, -1])('has volume 0 where %d was delivered, and says so in its faults', (volume) => {
    const bar = storedBar(frameWith(volume, FAULT.VOLUME_INVALID), 1, 'MSFT', OPEN_MS);
    expect([bar.volume, bar.faults]).toEqual([0, FAULT.VOLUME_INVALID]);
  });
});
