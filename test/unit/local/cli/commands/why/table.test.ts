/**
 * One decision on one screen, from made-up facts: the bar, the policy, the limits, what was held, orders and result.
 */

import { describe, expect, it } from 'vitest';
import { type Explanation, findExplanation } from '../../../../../../local/cli/commands/why/explanation.ts';
import { printExplanation } from '../../../../../../local/cli/commands/why/table.ts';
import { FEATURE_NAMES } from '../../../../../../shared/domain/features/feature-schema.ts';
import type { DecisionFacts, DecisionViews, OrderFacts } from '../../../../../../shared/ports/decision-views.ts';
import { runConfig } from '../../../../../support/core/core.ts';
import { barRow, decision, fill, OPEN_MS, order } from '../../../../../support/database/trading-rows.ts';
import { fakeTerminal } from '../../../../../support/stack/fake-terminal.ts';

const ORDER_REF = '20250103-029-AAPL-N';
const REFERENCE = { text: ORDER_REF, session: 20_250_103, minuteIndex: 29, symbol: 'AAPL', orderRef: ORDER_REF };

function orderFacts(overrides: Partial<OrderFacts> = {}): OrderFacts {
  const { eventMs: _, session: __, symbol: ___, ...entry } = order();
  return { ...entry, events: [], fills: [], ...overrides };
}

const EXIT = orderFacts({
  orderRef: '20250103-040-AAPL-X',
  kind: 'EXIT',
  side: 'SELL',
  type: 'MARKETABLE',
  minuteIndex: 40,
});

function facts(overrides: Partial<DecisionFacts> = {}): DecisionFacts {
  const { state, causes, equityE4, symbols } = decision();
  return {
    config: runConfig(),
    openMs: OPEN_MS,
    minutes: 390,
    bar: barRow(),
    quality: null,
    state,
    causes,
    equityE4,
    sessionStartE4: equityE4,
    limitReferenceE4: equityE4,
    decision: symbols[0]!,
    signal: {
      isReady: true,
      observation: FEATURE_NAMES.map(() => 0.5),
      entryQuantity: 4,
      limitPriceE4: 2_434_900,
      isCorrelated: false,
    },
    holding: { quantity: 0, workingEntry: null, workingExit: null },
    orders: [],
    ...overrides,
  };
}

function screen(overrides: Partial<DecisionFacts> = {}): string {
  const terminal = fakeTerminal();
  const explanation: Explanation = { reference: REFERENCE, ...facts(overrides) };
  printExplanation(terminal, explanation);
  return terminal.data.join('\n');
}

/** One run with one decision, if any. */
function viewsOf(found: DecisionFacts | null, nearest: readonly string[]): DecisionViews {
  return {
    decision: async ({ symbol }, { run, orderRef }) => {
      const isThere = symbol === 'AAPL' && (run === null || run === 'run-1');
      const hasOrder = orderRef === null || found?.orders.some((each) => each.orderRef === orderRef) === true;
      return isThere && hasOrder ? found : null;
    },
    nearestOrders: async () => nearest,
    runs: async () => ['run-1'],
  };
}

describe('the screen of why', () => {
  it('says which minute it is of, the bar, and what the policy wanted', () => {
    const text = screen();
    expect(text).toContain('AAPL, 2025-01-03, minute 30 of 390, closed 10:00 ET');
    expect(text).toContain('open $243.00');
    expect(text).toContain('rule says BUY: 4 shares at $243.49 or less');
    expect(text).toContain('APPROVED (approved). Entry of 4 shares within every limit.');
  });

  it.each([
    ['basic', 20_000_000, 26_000_000, 'daily loss $40.00 · drawdown $100.00'],
    ['enhanced', 24_000_000, 26_000_000, 'daily loss $48.00 · drawdown $78.00'],
    ['enhanced', null, null, 'daily loss not known · drawdown not known'],
  ] as const)(
    'says the limits of %s as they were applied, whatever the equity has become',
    (profile, start, top, text) => {
      const amounts = { equityE4: 10_000_000, sessionStartE4: start, limitReferenceE4: top };
      expect(screen({ config: runConfig({ profile }), ...amounts })).toContain(text);
    },
  );

  it('names every cause that stood, with since, by, why and what lifts it, on lines of its own', () => {
    const causes = [
      { cause: 'DAILY_LOSS', sinceMs: OPEN_MS + 600_000, by: 'core', why: '$50.10 of $50.00' },
      { cause: 'FEED_DEAD', sinceMs: OPEN_MS + 660_000, by: 'gateway', why: 'silent\u001b[2J' },
    ] as const;
    const lines = screen({ state: 'REDUCING', causes }).split('\n');
    const at = lines.findIndex((line) => line.startsWith('state'));
    expect(lines.slice(at, at + 3).map((line) => line.trim())).toEqual([
      'state     REDUCING, equity $2,500.00',
      'DAILY_LOSS, daily loss limit, since 09:40 ET by core: “$50.10 of $50.00”; lifted by the next open',
      'FEED_DEAD, market feed silent, since 09:41 ET by gateway: “silent\\u{1b}[2J”; ends by itself',
    ]);
  });

  it('names a BUY while long as what it is', () => {
    const kept = { symbol: 'AAPL', action: 2, verdict: 'NONE', quantity: 0, detail: null } as const;
    const text = screen({ decision: kept, holding: { quantity: 4, workingEntry: null, workingExit: null } });
    expect(text).toContain('NONE (already long, kept). Already long 4 shares');
    expect(text).not.toMatch(/nothing asked/i);
  });

  it('does not blame missing features for the HOLD of a policy that reads none', () => {
    const hold = { symbol: 'AAPL', action: 1, verdict: 'NONE', quantity: 0, detail: null } as const;
    const signal = { ...facts().signal!, isReady: false, entryQuantity: 0 };
    const text = screen({ decision: hold, signal });
    expect(text).toContain('NONE (stays flat)');
    expect(text).toContain('not every feature has its full window yet');
  });

  it('gives money two decimals and a price those that it has', () => {
    const text = screen({
      bar: barRow({ closeE4: 9_991, openE4: 10_000 }),
      orders: [
        orderFacts({ fills: [fill({ priceE4: 9_991 })] }),
        { ...EXIT, fills: [fill({ side: 'SELL', priceE4: 10_000, eventMs: fill().eventMs + 1 })] },
      ],
    });
    expect(text).toContain('close $0.9991');
    expect(text).toContain('filled 4 at $0.9991, fees $0.36');
    expect(text).toContain('P&L after fees -$0.72 ($0.00 before, fees $0.72)');
  });

  it.each<[string, readonly OrderFacts[]]>([
    ['an entry that was not filled', [orderFacts()]],
    ['a position that is still open', [orderFacts({ fills: [fill()] })]],
    ['an exit alone', [{ ...EXIT, fills: [fill({ side: 'SELL' })] }]],
  ])('has no result for %s', (_name, orders) => {
    expect(screen({ orders })).not.toContain('P&L');
  });

  it('says of a minute in quarantine that there was no signal', () => {
    const text = screen({ signal: null, bar: null, quality: { codes: ['RANGE_CROSSED'], isHard: true, raw: '{}' } });
    expect(text).toContain('rule was not asked');
    expect(text).toContain('missing; hard faults: RANGE_CROSSED; delivered {}');
  });
});

describe('a decision that is looked for', () => {
  it('is found with the reference as it was given', async () => {
    const found = await findExplanation(viewsOf(facts({ orders: [orderFacts()] }), []), ORDER_REF, null);
    expect(found.reference).toEqual(REFERENCE);
  });

  it('and is not there names the nearest orders', async () => {
    const looking = findExplanation(viewsOf(null, ['20250103-031-AAPL-N']), '20250103-029-AAPL', 'run-1');
    await expect(looking).rejects.toMatchObject({
      message: "no decision '20250103-029-AAPL' in run run-1",
      fix: 'the nearest orders are: 20250103-031-AAPL-N',
      exitCode: 1,
    });
  });

  it('in a run that is not there names those that are', async () => {
    await expect(findExplanation(viewsOf(facts(), []), '20250103-029-AAPL', 'run-9')).rejects.toMatchObject({
      message: "no run 'run-9'",
      fix: 'the runs of this folder are: run-1',
      exitCode: 1,
    });
  });

  it('by a text of another form is a usage error', async () => {
    await expect(findExplanation(viewsOf(null, []), 'AAPL', null)).rejects.toMatchObject({
      message: "order: 'AAPL' is not of the form 20260105-029-AAPL-N",
      fix: 'this folder holds no orders yet',
      exitCode: 2,
    });
  });
});

describe('an order that does not exist', () => {
  const nearest = ['20250103-031-AAPL-N'];

  it.each([
    ['20250103-029-AAPL-X', [orderFacts(), EXIT], 'the decision of that minute made 20250103-029-AAPL-N'],
    ['20250103-029-AAPL-N', [], 'the decision of that minute made none (APPROVED)'],
  ] as const)('is not explained by the decision of its minute: %s', async (text, orders, said) => {
    await expect(findExplanation(viewsOf(facts({ orders }), nearest), text, null)).rejects.toMatchObject({
      message: `no order '${text}': ${said}`,
      fix: './jules why 20250103-029-AAPL explains that decision; the nearest orders are: 20250103-031-AAPL-N',
      exitCode: 1,
    });
  });

  it('in a minute without a decision is only not there', async () => {
    await expect(findExplanation(viewsOf(null, nearest), ORDER_REF, null)).rejects.toMatchObject({
      message: `no order '${ORDER_REF}'`,
      exitCode: 1,
    });
  });
});
