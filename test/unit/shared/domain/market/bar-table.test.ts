/**
 * The columns of a session and the minute read from them.
 */

import { describe, expect, it } from 'vitest';
import { BarTable } from '../../../../../shared/domain/market/bar-table.ts';
import { MISSING, MinuteFrame, PRESENT } from '../../../../../shared/domain/market/frame.ts';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';

describe('a bar table', () => {
  it('starts with every bar missing', () => {
    const table = new BarTable(2, 3);
    expect([...table.status]).toEqual(Array(6).fill(MISSING));
  });

  it('keeps the minutes of a symbol beside each other', () => {
    const table = new BarTable(2, 3);
    const frame = new MinuteFrame(2);
    table.status[1 * 3 + 2] = PRESENT;
    table.closeE4[1 * 3 + 2] = 4_100_000;
    table.volume[1 * 3 + 2] = 77;
    table.faults[1 * 3 + 2] = FAULT.DUPLICATE_CONFLICT;
    table.readMinute(2, frame);
    expect([...frame.status]).toEqual([MISSING, PRESENT]);
    expect(frame.closeE4[1]).toBe(4_100_000);
    expect(frame.volume[1]).toBe(77);
    expect(frame.faults[1]).toBe(FAULT.DUPLICATE_CONFLICT);
  });

  it('leaves nothing of the minute before in the frame', () => {
    const table = new BarTable(1, 2);
    const frame = new MinuteFrame(1);
    frame.status[0] = PRESENT;
    frame.faults[0] = FAULT.STALE_REPEAT;
    table.readMinute(1, frame);
    expect([frame.status[0], frame.faults[0]]).toEqual([MISSING, 0]);
  });

  it('refuses a minute outside the session', () => {
    expect(() => new BarTable(1, 2).readMinute(2, new MinuteFrame(1))).toThrow('within the session');
  });
});
