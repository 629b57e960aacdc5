/**
 * A restarted session derives the fills and ended orders that are on record, or the run stops.
 */

import { describe, expect, it } from 'vitest';
import { RunStoppedError } from '../../../gateway/run-stopped.ts';
import { checkExecutions, type Executions } from '../../../gateway/session-executions.ts';
import { fill, SESSION } from '../../support/core/core.ts';

const FILL = fill({ minuteIndex: 41 });
const FILLED = { orderRef: FILL.orderRef, event: 'FILLED' as const, eventMs: FILL.eventMs, detail: FILL.fillId };
const STORED: Executions = { fills: [FILL], events: [FILLED] };

/** Empty where nothing differs; anything but a stop of the run is thrown on. */
function messageOf(stored: Executions, derived: Executions): string {
  try {
    checkExecutions(SESSION, stored, derived);
  } catch (error) {
    if (error instanceof RunStoppedError && error.fix.includes('--new-run')) return error.message;
    throw error;
  }
  return '';
}

describe('a session that is folded again', () => {
  it('goes on where fills and ended orders are those on record, in whatever order', () => {
    const second = fill({ fillId: 'b', minuteIndex: 42 });
    expect(messageOf({ fills: [FILL, second], events: [FILLED] }, { fills: [second, FILL], events: [FILLED] })).toBe(
      '',
    );
  });

  it.each([
    [
      'another price',
      { ...STORED, fills: [{ ...FILL, priceE4: 1_000_100 }] },
      /priceE4 stored 1000000, derived 1000100$/,
    ],
    ['other fees', { ...STORED, fills: [{ ...FILL, fees: { ...FILL.fees, secE4: 7 } }] }, /secE4 stored 0, derived 7$/],
    ['no fill', { fills: [], events: [] }, /fill 20250103-040-AAPL-N\.1 .* derived none$/],
    [
      'one fill more',
      { ...STORED, fills: [FILL, fill({ fillId: 'more', minuteIndex: 41 })] },
      /fill more .* stored none$/,
    ],
    [
      'an order that ended otherwise',
      { ...STORED, events: [{ ...FILLED, detail: 'other' }] },
      /FILLED of order 20250103-040-AAPL-N .* detail stored 20250103-040-AAPL-N\.1, derived other$/,
    ],
  ])('stops on %s, naming session, minute, symbol and both values', (_name, derived, expected) => {
    const message = messageOf(STORED, derived);
    expect(message).toMatch(/^session 20250103, minute 42, AAPL: /);
    expect(message).toMatch(expected);
  });

  it('names the first difference', () => {
    const later = fill({ fillId: 'later', minuteIndex: 50 });
    const stored = { fills: [later, FILL], events: [] };
    const derived = {
      fills: [
        { ...later, quantity: 1 },
        { ...FILL, quantity: 1 },
      ],
      events: [],
    };
    expect(messageOf(stored, derived)).toContain('minute 42');
  });
});
