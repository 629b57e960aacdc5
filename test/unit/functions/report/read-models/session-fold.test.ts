/**
 * The fold of a session gives the same state however its rows were read.
 */

import { describe, expect, it } from 'vitest';
import { SessionFold } from '../../../../../functions/report/read-models/session-fold.ts';
import { DAY_TWO } from '../../../../support/page/fake-report-views.ts';
import { FAKE_RUN, FakeSession } from '../../../../support/page/fake-session.ts';

const SESSION = new FakeSession(DAY_TWO);

function foldOf(steps: readonly number[]): SessionFold {
  const [first = 0, ...rest] = steps;
  const fold = new SessionFold(SESSION.facts(first, 0, 0), FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
  for (const upTo of rest) fold.add(SESSION.facts(upTo, fold.nextFromMinute, upTo));
  return fold;
}

function visible(fold: SessionFold) {
  const { equity, latency, fills, lines, decisionCount, facts } = fold;
  return { equity, latency, fills, lines, decisionCount, counts: fold.counts('denied'), head: facts.head.lastMinute };
}

describe('SessionFold', () => {
  it('is the same read at once, minute by minute, or with repeats', () => {
    const whole = visible(foldOf([389]));
    expect(visible(foldOf(Array.from({ length: 390 }, (_, i) => i)))).toEqual(whole);
    expect(visible(foldOf([3, 3, 50, 50, 389, 389]))).toEqual(whole);
    expect(whole.decisionCount).toBe(390);
  });

  it('draws consecutive minutes of one verdict together', () => {
    const halted = new FakeSession({ ...DAY_TWO, haltAt: 100 });
    const fold = new SessionFold(halted.facts(389, 0, 0), FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
    const refusals = fold.lines.filter((line) => line.decision.verdict === 'STATE_HALTED');
    expect(refusals.length).toBeGreaterThan(0);
    for (const line of refusals) expect(line.count).toBe(line.lastMinute - line.firstMinute + 1);
    const counted = refusals.reduce((sum, line) => sum + line.count, 0);
    expect(fold.counts('denied').find((each) => each.verdict === 'STATE_HALTED')?.count).toBe(counted);
  });

  it('asks again for the last minutes only', () => {
    expect(foldOf([120]).nextFromMinute).toBe(118);
    expect(foldOf([-1]).nextFromMinute).toBe(0);
  });
});
