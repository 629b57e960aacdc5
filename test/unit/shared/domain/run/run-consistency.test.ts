/**
 * Whether a minute's message can be one of its run.
 */

import { describe, expect, it } from 'vitest';
import { contradictionOf, type MinuteFacts } from '../../../../../shared/domain/run/run-consistency.ts';
import { runConfig, SESSION } from '../../../../support/core/core.ts';

const CONFIG = runConfig({ symbols: ['AAPL', 'MSFT'], minutesMax: 60 });

function facts(overrides: Partial<MinuteFacts> = {}): MinuteFacts {
  return {
    session: SESSION.date,
    minuteIndex: 59,
    minutes: 60,
    openMs: SESSION.openMs + 59 * 60_000,
    symbols: ['AAPL', 'MSFT'],
    fills: [{ symbol: 'MSFT' }],
    ...overrides,
  };
}

describe('a minute of a run', () => {
  it('agrees with configuration and calendar', () => {
    expect(contradictionOf(CONFIG, facts())).toBeNull();
  });

  it.each([
    [{ session: 20_250_104 }, 'data.session', '20250104', 'Send a date on which the exchange was open.'],
    [{ minutes: 390 }, 'data.minutes', '390', 'The run trades 60 minutes of that session.'],
    [{ minuteIndex: 60 }, 'data.minuteIndex', '60', 'Send a minute below 60.'],
    [{ openMs: SESSION.openMs }, 'data.openMs', String(SESSION.openMs), `opens at ${SESSION.openMs + 59 * 60_000}`],
    [{ symbols: ['MSFT', 'AAPL'] }, 'data.symbols', 'MSFT,AAPL', 'in order: AAPL,MSFT.'],
    [{ symbols: ['AAPL', 'MSFT', 'TSLA'] }, 'data.symbols', 'AAPL,MSFT,TSLA', 'in order: AAPL,MSFT.'],
    [{ fills: [{ symbol: 'MSFT' }, { symbol: 'TSLA' }] }, 'data.fills.1.symbol', 'TSLA', 'The run trades AAPL,MSFT.'],
  ])('contradicts them with %o', (overrides, field, value, fix) => {
    const found = contradictionOf(CONFIG, facts(overrides));
    expect(found).toMatchObject({ field, value });
    expect(found?.fix).toContain(fix);
  });
});
