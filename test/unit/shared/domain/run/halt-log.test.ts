/**
 * The halts of a run, read off the causes of its decisions.
 */

import { describe, expect, it } from 'vitest';
import type { Cause, StandingCause } from '../../../../../shared/domain/risk/causes.ts';
import { HaltLog } from '../../../../../shared/domain/run/halt-log.ts';

const since = (cause: Cause, sinceMs: number, why = 'lunch'): StandingCause => ({ cause, sinceMs, by: 'ada', why });

describe('the halts of a run', () => {
  it('begin with the cause that halts and end with the first decision without it', () => {
    const log = new HaltLog();
    log.add(1, []);
    log.add(2, [since('OPERATOR_HALT', 2), since('FEED_DEAD', 2)]);
    log.add(3, [since('OPERATOR_HALT', 2)]);
    log.add(4, [since('FEED_DEAD', 4)]);
    expect(log.halts()).toEqual([{ atMs: 2, causes: ['OPERATOR_HALT'], by: 'ada', why: 'lunch', liftedAtMs: 4 }]);
  });

  it('are one for each cause, each with its own time, words and end', () => {
    const log = new HaltLog();
    log.add(1, [since('DRAWDOWN', 1, 'lost')]);
    log.add(2, [since('DRAWDOWN', 1, 'lost'), since('AUDIT_FAILED', 2, 'altered')]);
    log.add(3, [since('AUDIT_FAILED', 2, 'altered')]);
    expect(log.halts()).toMatchObject([
      { atMs: 1, causes: ['DRAWDOWN'], why: 'lost', liftedAtMs: 3 },
      { atMs: 2, causes: ['AUDIT_FAILED'], why: 'altered', liftedAtMs: null },
    ]);
  });

  it('do not run together where one was lifted and the next began between two decisions', () => {
    const log = new HaltLog();
    log.add(1, [since('OPERATOR_HALT', 1, 'first')]);
    log.add(2, [since('OPERATOR_HALT', 2, 'second')]);
    expect(log.halts()).toMatchObject([
      { atMs: 1, why: 'first', liftedAtMs: 2 },
      { atMs: 2, why: 'second', liftedAtMs: null },
    ]);
  });

  it('are none for what only reduces', () => {
    const log = new HaltLog();
    log.add(1, [since('DAILY_LOSS', 1), since('OPERATOR_FLATTEN', 1)]);
    expect(log.halts()).toEqual([]);
  });
});
