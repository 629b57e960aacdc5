/**
 * What an operator or a watcher says at each minute of a session: nothing is entered while it stands, what has to be flat
 * goes, and no limit moves but by an order to arm that was accepted.
 */

import { describe, expect, it } from 'vitest';
import { BUY } from '../../../../../shared/domain/policy/actions.ts';
import { type Cause, CAUSES, isHalting, liftRuleOf } from '../../../../../shared/domain/risk/causes.ts';
import { SESSION } from '../../../../support/core/core.ts';
import { Desk, HUNDRED_E4 } from '../../../../support/core/core-desk.ts';

const MINUTES = Array.from({ length: SESSION.minutes }, (_, minute) => minute);
const BUYS = [{ action: BUY }, { action: BUY }] as const;
/** Far enough above the reference that arming would be seen to move it down. */
const FALLEN_E4 = 990_000;

/** Three shares held, a little below the reference of the limit, at a minute of which a cause has just been told. */
function told(cause: Cause, minute: number) {
  const desk = new Desk().holds(3);
  desk.stage.account.markAt(0, FALLEN_E4);
  const referenceE4 = desk.stage.equity.limitReferenceE4;
  return { desk: desk.imposes(cause), referenceE4, decision: desk.step(FALLEN_E4, BUYS, minute) };
}

describe.each(CAUSES)('%s', (cause) => {
  it('lets nothing in at any minute, and moves no limit', () => {
    const wrong = MINUTES.filter((minute) => {
      const { desk, referenceE4, decision } = told(cause, minute);
      const isEntered = decision.orders.some(({ kind }) => kind !== 'EXIT') || decision.causes.length !== 1;
      return isEntered || desk.stage.equity.limitReferenceE4 !== referenceE4;
    });
    expect(wrong).toEqual([]);
  });

  it('is not armed away at any minute while a position is held', () => {
    const wrong = MINUTES.filter((minute) => {
      const { desk, referenceE4 } = told(cause, minute);
      const { kind } = desk.stage.arm({ acceptAudit: 'a test says so' });
      return kind === 'armed' || !desk.stage.stands(cause) || desk.stage.equity.limitReferenceE4 !== referenceE4;
    });
    expect(wrong).toEqual([]);
  });
});

const isFlattening = (cause: Cause) => isHalting(cause) || cause === 'OPERATOR_FLATTEN' || cause === 'DAILY_LOSS';

describe('at every minute what is held', () => {
  it.each(CAUSES.filter(isFlattening))('is sold under %s', (cause) => {
    const left = MINUTES.filter((minute) => told(cause, minute).decision.orders[0]?.quantity !== 3);
    expect(left).toEqual([]);
  });

  it.each(CAUSES.filter((cause) => !isFlattening(cause)))('is kept under %s, until the close asks for it', (cause) => {
    const left = MINUTES.filter((minute) => told(cause, minute).decision.orders.length > 0);
    expect(left).toEqual([SESSION.minutes - 2, SESSION.minutes - 1]);
  });
});

describe('at every minute once the account is flat', () => {
  const byHand = CAUSES.filter((cause) => liftRuleOf(cause) === 'arm');
  it.each(byHand)('%s is armed away, and the limit counts from the equity that is left', (cause) => {
    const leftE4 = 25_000_000 - 3 * (HUNDRED_E4 - FALLEN_E4);
    const wrong = MINUTES.filter((minute) => {
      const { desk } = told(cause, minute);
      desk.sells(3, FALLEN_E4).step(FALLEN_E4, [{}, {}], Math.min(minute + 1, SESSION.minutes - 1));
      const outcome = desk.stage.arm({ acceptAudit: null });
      return outcome.kind !== 'armed' || desk.stage.equity.limitReferenceE4 !== leftE4;
    });
    expect(wrong).toEqual([]);
  });
});
