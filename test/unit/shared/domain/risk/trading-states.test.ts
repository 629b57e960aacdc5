/**
 * The set of causes: each stands by itself, with its own time and words, and goes by its own rule only.
 */

import { describe, expect, it } from 'vitest';
import { type Cause, CAUSES, liftRuleOf } from '../../../../../shared/domain/risk/causes.ts';
import { FINDINGS_MAX, MORE_FINDINGS } from '../../../../../shared/domain/risk/audit-findings.ts';
import { closeVerdict, TradingStates } from '../../../../../shared/domain/risk/trading-states.ts';
import { NEXT_SESSION } from '../../../../support/core/core.ts';
import { Desk } from '../../../../support/core/core-desk.ts';

const standing = (cause: Cause, sinceMs = 1, by = 'ada', why = 'lunch') => ({ cause, sinceMs, by, why });

describe('a cause', () => {
  it('that is set again keeps its first time and words', () => {
    const states = new TradingStates();
    states.impose(standing('OPERATOR_HALT'));
    states.impose(standing('OPERATOR_HALT', 2, 'bob', 'dinner'));
    expect(states.causes).toEqual([standing('OPERATOR_HALT')]);
  });

  it('that an audit set stands once for each finding, each with its words and time', () => {
    const states = new TradingStates();
    const [first, second] = [standing('AUDIT_FAILED', 1, 'audit', 'a'), standing('AUDIT_FAILED', 2, 'audit', 'b')];
    for (const each of [first, second, { ...first, sinceMs: 3 }]) states.impose(each);
    expect(states.causes).toEqual([first, second]);
    expect(states.stateMask).toBe(8);
  });

  it('that an audit set too often for the list is told as one that has no room', () => {
    const states = new TradingStates();
    for (let n = 0; n < FINDINGS_MAX + 5; n += 1) states.impose(standing('AUDIT_FAILED', n, 'audit', `finding ${n}`));
    expect(states.causes).toHaveLength(FINDINGS_MAX);
    expect(states.causes.at(-1)).toEqual(standing('AUDIT_FAILED', FINDINGS_MAX - 1, 'audit', MORE_FINDINGS));
    const before = states.causes;
    expect(states.impose(standing('AUDIT_FAILED', 99, 'audit', 'finding 3'))).toMatchObject({ sinceMs: 3 });
    expect(states.causes).toBe(before);
  });

  it('stands in its place of the list, whatever was set first', () => {
    const states = new TradingStates();
    for (const cause of CAUSES.toReversed()) states.impose(standing(cause));
    expect(states.causes.map(({ cause }) => cause)).toEqual(CAUSES);
    expect([states.state, states.stateMask]).toEqual(['HALTED', 255]);
  });

  it.each(CAUSES)('%s is lifted by a condition that is over only where that is its rule', (cause) => {
    const states = new TradingStates();
    states.impose(standing(cause));
    states.watch(cause, null);
    expect(states.stands(cause)).toBe(liftRuleOf(cause) !== 'condition');
  });

  it.each(CAUSES)('%s that is over as a condition takes no other cause away', (cause) => {
    const states = new TradingStates();
    for (const each of CAUSES) states.impose(standing(each));
    states.watch(cause, null);
    const others = CAUSES.filter((each) => each !== cause);
    expect(others.filter((each) => !states.stands(each))).toEqual([]);
  });

  it.each(CAUSES)('%s is lifted by an open only where that is its rule', (cause) => {
    const desk = new Desk().imposes(cause);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.stage.stands(cause)).toBe(liftRuleOf(cause) !== 'next-open');
  });

  it('of a halt dates it by the oldest that stands', () => {
    const states = new TradingStates();
    expect(states.haltedAtMs).toBeNull();
    states.impose(standing('FEED_DEAD', 1));
    states.impose(standing('OPERATOR_HALT', 3));
    states.impose(standing('AUDIT_FAILED', 2));
    expect(states.haltedAtMs).toBe(2);
  });
});

describe('the verdict of a flatten', () => {
  it.each([
    [['DRAWDOWN', 'OPERATOR_HALT', 'AUDIT_FAILED', 'DAILY_LOSS'], 'FLATTEN_DRAWDOWN'],
    [['OPERATOR_HALT', 'AUDIT_FAILED', 'DAILY_LOSS'], 'FLATTEN_OPERATOR'],
    [['OPERATOR_FLATTEN', 'AUDIT_FAILED', 'DAILY_LOSS'], 'FLATTEN_OPERATOR'],
    [['AUDIT_FAILED', 'DAILY_LOSS', 'FEED_DEAD'], 'FLATTEN_AUDIT'],
    [['DAILY_LOSS', 'FEED_DEAD'], 'FLATTEN_DAILY_LOSS'],
    [['FEED_DEAD', 'FEED_BACKUP', 'RUNNER_DEAD'], null],
    [[], null],
  ] as const)('under %s is %s', (causes, verdict) => {
    const states = new TradingStates();
    for (const cause of causes) states.impose(standing(cause));
    expect(states.flattenVerdict()).toBe(verdict);
  });

  it('at the end of a session is its close, from two minutes before the last', () => {
    expect([387, 388, 389].map((minute) => closeVerdict(minute, 390))).toEqual([
      null,
      'FLATTEN_CLOSE',
      'FLATTEN_CLOSE',
    ]);
  });
});
