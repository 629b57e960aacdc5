/**
 * The lines that terminal, `status` and the end of a session share: both drawdowns under their names, and every cause.
 */

import { describe, expect, it } from 'vitest';
import { againstLimitText, ordersText } from '../../../../functions/report/page/static/format.js';
import { buildPageState } from '../../../../functions/report/read-models/build-page-state.ts';
import { SessionFold } from '../../../../functions/report/read-models/session-fold.ts';
import { closingLines, drawdownLine, ordersLine, sessionLines } from '../../../../shared/read-models/session-lines.ts';
import { DAY_TWO, fakeStatus, SEVERAL_CAUSES } from '../../../support/page/fake-report-views.ts';
import { FAKE_RUN, FakeSession } from '../../../support/page/fake-session.ts';

function stateOf(minute: number) {
  const session = new FakeSession({ ...DAY_TWO, haltAt: 190, causes: SEVERAL_CAUSES });
  const fold = new SessionFold(session.facts(minute, 0, 1), FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
  const record = { kind: 'paper', config: FAKE_RUN, ledgerVersion: 'JL2' } as const;
  return buildPageState({ status: fakeStatus(), record, fold, live: true });
}

const CAUSES = [
  '  DRAWDOWN, drawdown limit, since 2025-01-02 12:50 ET by core: “drawdown $100.20, the limit is $100.00”; lifted by ' +
    './jules arm, once flat',
  '  OPERATOR_HALT, halt by an operator, since 12:41 ET by cli:uid-1000: “checking <b>a fill</b> by hand & asking the ' +
    'broker, ticket 4711; see the mail of this morning”; lifted by ./jules arm, once flat',
  '  RUNNER_DEAD, policy runner down, since 12:42 ET by gateway: “the policy runner does not answer”; ends by itself',
];

describe('a session in lines', () => {
  it('names every cause that stands, with since, by, the words of whoever set it, and what lifts it', () => {
    expect(sessionLines(stateOf(231).session!)).toEqual(['session 2025-01-03, minute 232 of 390, HALTED', ...CAUSES]);
  });

  it('has no minute before the first', () => {
    expect(sessionLines(stateOf(-1).session!)).toEqual(['session 2025-01-03, before the first minute, ACTIVE']);
  });

  it('is closed with every cause that it was left with', () => {
    const [head, ...causes] = closingLines(stateOf(389));
    expect(head).toMatch(/^session 2025-01-03, closed, HALTED: equity /);
    expect(causes).toEqual(CAUSES);
  });
});

describe('the two drawdowns in lines', () => {
  const money = { ...stateOf(231).money!, drawdownUsd: 695.86, drawdownMaxUsd: 702.1, limitDrawdownUsd: 12.5 };

  it('are the account’s, and what the limit counts under a name of its own', () => {
    const text = 'drawdown $695.86, largest $702.10; against the limit $12.50 of $100.00';
    expect(drawdownLine({ ...money, limitDrawdownMaxUsd: 102.83 })).toBe(text);
  });

  it('are not mixed up at the end of a session', () => {
    const { session } = stateOf(389);
    const closed = { ...stateOf(389), session, money: { ...money, limitDrawdownMaxUsd: 102.83 } };
    expect(closingLines(closed)[0]).toContain('; largest drawdown $702.10; ');
  });
});

it('the page says orders and limit in the same words', () => {
  const money = stateOf(231).money!;
  expect(ordersLine(money)).toContain(ordersText(money));
  for (const each of [money, { ...money, drawdownLimitUsd: null }]) {
    expect(drawdownLine(each)).toContain(againstLimitText(each));
  }
});
