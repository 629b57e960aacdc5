/**
 * The causes of a trading state: their numbering, what each asks for, and what lifts each.
 */

import { describe, expect, it } from 'vitest';
import {
  type Cause,
  CAUSES,
  isHalting,
  liftRuleOf,
  maskOf,
  stateOf,
} from '../../../../../shared/domain/risk/causes.ts';

const only = (...causes: Cause[]) => causes.map((cause) => ({ cause }));

describe('causes of a trading state', () => {
  it('are numbered in the order of the ruling, which the ledger hashes', () => {
    expect(CAUSES.map((cause) => [cause, maskOf(only(cause))])).toEqual([
      ['DRAWDOWN', 1],
      ['OPERATOR_HALT', 2],
      ['OPERATOR_FLATTEN', 4],
      ['AUDIT_FAILED', 8],
      ['DAILY_LOSS', 16],
      ['FEED_DEAD', 32],
      ['FEED_BACKUP', 64],
      ['RUNNER_DEAD', 128],
    ]);
  });

  it.each([
    ['DRAWDOWN', 'HALTED', 'arm'],
    ['OPERATOR_HALT', 'HALTED', 'arm'],
    ['OPERATOR_FLATTEN', 'REDUCING', 'arm'],
    ['AUDIT_FAILED', 'HALTED', 'arm-accepting-audit'],
    ['DAILY_LOSS', 'REDUCING', 'next-open'],
    ['FEED_DEAD', 'REDUCING', 'condition'],
    ['FEED_BACKUP', 'REDUCING', 'condition'],
    ['RUNNER_DEAD', 'REDUCING', 'condition'],
  ] as const)('%s asks for %s and is lifted by %s', (cause, state, lift) => {
    expect([stateOf(only(cause)), liftRuleOf(cause), isHalting(cause)]).toEqual([state, lift, state === 'HALTED']);
  });

  it('ask together for the strictest state, and for none when there is none', () => {
    expect(stateOf(only('FEED_DEAD', 'DRAWDOWN'))).toBe('HALTED');
    expect(stateOf(only('FEED_DEAD', 'RUNNER_DEAD'))).toBe('REDUCING');
    expect(stateOf([])).toBe('ACTIVE');
    expect(maskOf([])).toBe(0);
  });
});
