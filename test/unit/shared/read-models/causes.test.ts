/**
 * Every cause in words: when, who, why and what lifts it, in one line that no operator can break.
 */

import { describe, expect, it } from 'vitest';
import { isAccepted } from '../../../../shared/domain/risk/audit-findings.ts';
import { CAUSES, type StandingCause } from '../../../../shared/domain/risk/causes.ts';
import { causeViews } from '../../../../shared/read-models/causes.ts';

const OPEN_MS = Date.UTC(2025, 0, 3, 14, 30);
const SESSION = { openMs: OPEN_MS, minutes: 390 };

function textsOf(causes: readonly StandingCause[], rearm: 'manual' | 'session' = 'manual'): string[] {
  return causeViews({ causes, rearm, session: SESSION }).map(({ text }) => text);
}

describe('the causes that stand', () => {
  it('are all named, each with its own time, person, reason and way out', () => {
    const causes: StandingCause[] = [
      { cause: 'DRAWDOWN', sinceMs: OPEN_MS - 64_800_000, by: 'core', why: '$100.20 of $100.00' },
      { cause: 'OPERATOR_HALT', sinceMs: OPEN_MS + 7_860_000, by: 'cli:uid-1000', why: 'checking a fill' },
      { cause: 'FEED_DEAD', sinceMs: OPEN_MS + 7_920_000, by: 'gateway', why: 'its newest bar is 190 s old' },
    ];
    expect(textsOf(causes)).toEqual([
      'DRAWDOWN, drawdown limit, since 2025-01-02 15:30 ET by core: “$100.20 of $100.00”; lifted by ./jules arm, once flat',
      'OPERATOR_HALT, halt by an operator, since 11:41 ET by cli:uid-1000: “checking a fill”; lifted by ./jules arm, once flat',
      'FEED_DEAD, market feed silent, since 11:42 ET by gateway: “its newest bar is 190 s old”; ends by itself',
    ]);
  });

  it('name the finding of an audit by the words that accept it', () => {
    const why = 'run-1/risk, entry 12 altered: its hash does not fit what it says';
    const [view] = causeViews({
      causes: [{ cause: 'AUDIT_FAILED', sinceMs: OPEN_MS, by: 'audit', why }],
      rearm: 'manual',
      session: SESSION,
    });
    expect(view).toMatchObject({ why, finding: 'run-1/risk, entry 12 altered' });
    expect(view?.lifts).toBe('lifted, once flat, by ./jules arm --accept-audit "run-1/risk, entry 12 altered"');
    expect(isAccepted({ cause: 'AUDIT_FAILED', sinceMs: 0, by: 'audit', why }, view!.finding)).toBe(true);
  });

  it.each(CAUSES)('have words for %s', (cause) => {
    expect(textsOf([{ cause, sinceMs: OPEN_MS, by: 'core', why: 'w' }])[0]).toMatch(
      /^[A-Z_]+, .+, since 09:30 ET by core: “w”; (lifted.* by .+|ends by itself)$/,
    );
  });

  it('say that a run re-arms itself, where it does', () => {
    const drawdown: StandingCause = { cause: 'DRAWDOWN', sinceMs: OPEN_MS, by: 'core', why: 'w' };
    expect(textsOf([drawdown], 'session')[0]).toContain('or by the run itself at the next open');
    expect(textsOf([{ ...drawdown, cause: 'OPERATOR_HALT' }], 'session')[0]).not.toContain('run itself');
  });

  it('keep the words of an operator on one line', () => {
    const why = 'a\u001b[31m\n<b>b</b>\u2028';
    expect(textsOf([{ cause: 'OPERATOR_HALT', sinceMs: OPEN_MS, by: 'page', why }])[0]).toContain(
      '“a\\u{1b}[31m\\u{a}<b>b</b>\\u{2028}”',
    );
  });
});
