/**
 * What a load says to a person and to a program.
 */

import { describe, expect, it } from 'vitest';
import {
  countQuarantine,
  countSymbol,
  emptySummary,
  gapLine,
  summaryLines,
} from '../../../../../../local/cli/commands/load/table.ts';
import { FAULT } from '../../../../../../shared/domain/quality/faults.ts';
import type { QuarantineEntry } from '../../../../../../shared/ports/repositories/messages.ts';
import { barRow } from '../../../../../support/database/trading-rows.ts';

const ENTRY: QuarantineEntry = {
  source: 'bars/AAPL.csv:17',
  reason: 'out-of-session',
  field: 'ts',
  value: '2025-01-03T21:00:00Z',
  fix: 'leave other rows out',
  body: 'AAPL,…',
};

function summaryOf(missing: number[]) {
  const summary = emptySummary(['AAPL']);
  const hard = { symbol: 'AAPL', openMs: 0, faults: FAULT.PRICE_INVALID, hard: true, raw: '' };
  const soft = { ...hard, faults: FAULT.VOLUME_ZERO | FAULT.STALE_REPEAT, hard: false };
  countSymbol(summary, 20250513, { symbol: 'AAPL', bars: [barRow(), barRow()], quality: [hard, soft, soft], missing });
  return summary;
}

describe('the summary of a load', () => {
  it('counts bars, refused bars and faults', () => {
    expect(summaryOf([])).toMatchObject({
      bars: 2,
      refusedBars: 1,
      faults: { PRICE_INVALID: 1, VOLUME_ZERO: 2, STALE_REPEAT: 2 },
      gaps: [],
    });
  });

  it('sets thousands apart', () => {
    const [head] = summaryLines({ ...summaryOf([]), bars: 9_360, sessions: 12 }, []);
    expect(head).toBe('9,360 bars of AAPL in 12 sessions');
  });

  it('names a gap by its New York time', () => {
    const [gap] = summaryOf([40, 41, 42, 43, 44, 248]).gaps;
    expect(gapLine(gap!)).toBe('AAPL 2025-05-13: 6 minutes missing: 10:10–10:14, 13:38');
  });

  it('speaks of one minute as one', () => {
    expect(gapLine(summaryOf([389]).gaps[0]!)).toBe('AAPL 2025-05-13: 1 minute missing: 15:59');
  });

  it('names bad rows with place and fix, and not more than a screen of them', () => {
    const summary = summaryOf([]);
    const entries = Array.from({ length: 30 }, () => ENTRY);
    countQuarantine(summary, entries);
    const lines = summaryLines(summary, entries);
    expect(summary.quarantined).toEqual({ 'out-of-session': 30 });
    expect(lines).toContain("bars/AAPL.csv:17: out-of-session, ts '2025-01-03T21:00:00Z': leave other rows out");
    expect(lines).toContain('30 rows in quarantine:');
    expect(lines.at(-1)).toBe('… and 10 more rows');
    expect(lines.length).toBeLessThan(30);
  });
});
