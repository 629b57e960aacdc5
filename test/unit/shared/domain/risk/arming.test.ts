/**
 * Arming: what it lifts, what it leaves and names, when it is refused, and that it is not a lever on the drawdown limit.
 */

import { describe, expect, it } from 'vitest';
import { armText } from '../../../../../shared/domain/risk/arming.ts';
import { BUY } from '../../../../../shared/domain/policy/actions.ts';
import { Desk, HUNDRED_E4 } from '../../../../support/core/core-desk.ts';

const BY_HAND = { acceptAudit: null };
const ACCEPTING = { acceptAudit: 'a test says so' };

describe('arming', () => {
  it('lifts what arming lifts; the rest stays and is named', () => {
    const desk = new Desk().imposes('OPERATOR_HALT').imposes('OPERATOR_FLATTEN').imposes('FEED_DEAD');
    desk.imposes('AUDIT_FAILED', 'audit');
    const outcome = desk.stage.arm(BY_HAND);
    expect(desk.state).toBe('HALTED/AUDIT_FAILED+FEED_DEAD');
    expect(armText(outcome)).toBe(
      'lifted OPERATOR_HALT, OPERATOR_FLATTEN; reference of the drawdown limit $2,500.00 → $2,500.00; ' +
        'still standing: AUDIT_FAILED “a test says so”, FEED_DEAD',
    );
    desk.stage.arm(ACCEPTING);
    expect(desk.state).toBe('REDUCING/FEED_DEAD');
  });

  it.each([
    ['nothing stands', []],
    ['only a dead feed stands', ['FEED_DEAD']],
    ['only a daily loss stands', ['DAILY_LOSS']],
    ['only a broken audit stands, which nobody accepted', ['AUDIT_FAILED']],
  ] as const)('is refused where %s, and changes nothing', (_, causes) => {
    const desk = new Desk();
    for (const cause of causes) desk.imposes(cause);
    const before = desk.stage.snapshot();
    expect(desk.stage.arm(BY_HAND)).toMatchObject({ kind: 'refused', code: 'NOTHING_TO_LIFT' });
    expect(desk.stage.snapshot()).toEqual(before);
  });

  it.each([
    ['run-1/risk, entry 12', 'run-1/risk, entry 12 altered: d'],
    ['run-1/risk, entry 12 altered', 'run-1/risk, entry 12 altered: d'],
    ['run-1/risk, entry 12 altered: d', 'run-1/risk, entry 12 altered: d'],
    ['looked at by hand', 'looked at by hand'],
  ])('accepts by %s what an audit found', (acceptAudit, why) => {
    const desk = new Desk().finds(why).finds('run-1/fills, entry 12 altered: d');
    expect(desk.stage.arm({ acceptAudit })).toMatchObject({
      lifted: [{ why }],
      remaining: [{ cause: 'AUDIT_FAILED' }],
    });
  });

  it.each(['banana', 'run-1/risk', 'run-1/risk, entry 1', 'entry 12 altered', 'altered', 'r'])(
    'by %s is refused, and names what an audit found',
    (acceptAudit) => {
      const desk = new Desk().imposes('OPERATOR_HALT').finds('run-1/risk, entry 12 altered: d');
      desk.finds('run-1/fills, entry 3 missing: it was deleted');
      const before = desk.stage.snapshot();
      const outcome = desk.stage.arm({ acceptAudit });
      expect(outcome).toMatchObject({ kind: 'refused', code: 'FINDING_NOT_STANDING' });
      expect(armText(outcome)).toBe(
        'refused, no finding of the audit stands by that name: name one that does, with its chain and entry; still ' +
          'standing: OPERATOR_HALT, AUDIT_FAILED “run-1/risk, entry 12 altered”, AUDIT_FAILED “run-1/fills, entry 3 missing”',
      );
      expect(desk.stage.snapshot()).toEqual(before);
    },
  );

  it('is refused while a position is open, so that no limit moves under it', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(10).imposes('OPERATOR_FLATTEN');
    desk.step(960_000);
    expect(desk.stage.arm(BY_HAND)).toMatchObject({ kind: 'refused', code: 'NOT_FLAT' });
    expect(desk.stage.equity.limitReferenceE4).toBe(100_000_000);
    expect(desk.state).toBe('REDUCING/OPERATOR_FLATTEN');
  });

  it('says of a position that nothing stands, before it says that one is open', () => {
    const outcome = new Desk({ cashE4: 100_000_000 }).holds(10).stage.arm(BY_HAND);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NOTHING_TO_LIFT' });
    expect(armText(outcome)).toBe('refused, nothing stands that arming lifts');
  });

  it('is refused while an order works, although the account is flat', () => {
    const desk = new Desk();
    desk.step(HUNDRED_E4, [{ action: BUY }, {}], 40);
    desk.imposes('OPERATOR_HALT');
    expect(desk.stage.arm(BY_HAND)).toMatchObject({ kind: 'refused', code: 'ORDER_WORKING' });
    expect(armText(desk.stage.arm(BY_HAND))).toBe(
      'refused, an order is working: wait until it is filled or withdrawn; still standing: OPERATOR_HALT',
    );
  });

  it.each([
    ['before', (desk: Desk) => desk.imposes('OPERATOR_FLATTEN').step(950_000)],
    ['after', (desk: Desk) => desk.step(950_000) && desk.imposes('OPERATOR_FLATTEN')],
  ])('of a drawdown under `--rearm session` leaves a flatten standing that an operator ordered %s it', (_, falls) => {
    const desk = new Desk({ cashE4: 100_000_000, rearm: 'session' }).holds(20);
    falls(desk);
    expect(desk.state).toBe('HALTED/DRAWDOWN+OPERATOR_FLATTEN+DAILY_LOSS');
    desk.sells(20, 950_000).step(950_000);
    desk.nextSession().step(950_000);
    expect(desk.state).toBe('REDUCING/OPERATOR_FLATTEN');
    expect(desk.stage.rearms).toBe(1);
  });

  it('by the run itself waits for the first flat minute, and says nothing before it', () => {
    const desk = new Desk({ cashE4: 100_000_000, rearm: 'session' }).holds(20);
    desk.step(950_000);
    desk.nextSession().stage.account.markAt(0, 950_000);
    expect(desk.stage.evaluate(0)).toBeNull();
    desk.sells(20, 950_000);
    expect(desk.stage.evaluate(1)).toMatchObject({ kind: 'armed', lifted: [{ cause: 'DRAWDOWN' }] });
  });
});
