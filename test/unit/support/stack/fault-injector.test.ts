/**
 * Injected faults: seeded, of every kind, and never in the original.
 */

import { describe, expect, it } from 'vitest';
import { sessionOn } from '../../../../shared/domain/calendar/calendar.ts';
import { FAULTY, MISSING, MinuteFrame } from '../../../../shared/domain/market/frame.ts';
import type { BarTable } from '../../../../shared/domain/market/bar-table.ts';
import { injectFaults } from '../../../support/stack/fault-injector.ts';
import { MarketGenerator } from '../../../../shared/domain/market/generator/market-generator.ts';
import { FAULT } from '../../../../shared/domain/quality/faults.ts';
import { QualityStage } from '../../../../shared/domain/quality/quality.ts';

const clean = new MarketGenerator({ symbols: ['AAPL', 'MSFT'], seed: 5 }).session(sessionOn(20260105)!);

/** Fault bits seen, and how many bars were missing or faulty, when quality judges the session. */
function judge(table: BarTable) {
  const frame = new MinuteFrame(table.symbolCount);
  const quality = new QualityStage(table.symbolCount);
  let bits = 0;
  const counts = { missing: 0, faulty: 0 };
  quality.startSession();
  for (let minute = 0; minute < table.minutes; minute++) {
    table.readMinute(minute, frame);
    quality.step(frame);
    for (const each of frame.faults) bits |= each;
    for (const each of frame.status) {
      if (each === MISSING) counts.missing++;
      if (each === FAULTY) counts.faulty++;
    }
  }
  return { bits, ...counts };
}

describe('injected faults', () => {
  it('are the same for the same seed and others for another', () => {
    expect(injectFaults(clean, { seed: 1, rate: 0.1 })).toEqual(injectFaults(clean, { seed: 1, rate: 0.1 }));
    expect(injectFaults(clean, { seed: 1, rate: 0.1 })).not.toEqual(injectFaults(clean, { seed: 2, rate: 0.1 }));
  });

  it('leave the session they are made from as it was', () => {
    const before = structuredClone(clean.closeE4);
    injectFaults(clean, { seed: 1, rate: 1 });
    expect(clean.closeE4).toEqual(before);
    expect(injectFaults(clean, { seed: 1, rate: 0 })).toEqual(clean);
  });

  it('spoil about the share of bars asked for', () => {
    const spoiled = injectFaults(clean, { seed: 3, rate: 0.2 });
    let differing = 0;
    for (let at = 0; at < clean.status.length; at++) {
      const columns = ['status', 'openE4', 'highE4', 'lowE4', 'closeE4', 'volume'] as const;
      if (columns.some((column) => !Object.is(clean[column][at], spoiled[column][at]))) differing++;
    }
    expect(differing / clean.status.length).toBeGreaterThan(0.15);
    expect(differing / clean.status.length).toBeLessThan(0.25);
  });

  it('are of every kind that quality knows of bars', () => {
    const { bits, missing, faulty } = judge(injectFaults(clean, { seed: 1, rate: 0.15 }));
    const expected =
      FAULT.PRICE_INVALID |
      FAULT.RANGE_CROSSED |
      FAULT.JUMP_UNCONFIRMED |
      FAULT.VOLUME_ZERO |
      FAULT.VOLUME_INVALID |
      FAULT.VOLUME_SPIKE |
      FAULT.VOLUME_RUNNING_TOTAL |
      FAULT.STALE_REPEAT;
    expect(bits & expected).toBe(expected);
    expect(missing).toBeGreaterThan(0);
    expect(faulty).toBeGreaterThan(0);
  });

  it('refuse a rate that is not a share', () => {
    expect(() => injectFaults(clean, { seed: 1, rate: 2 })).toThrow('between 0 and 1');
  });
});
