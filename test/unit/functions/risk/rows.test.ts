/**
 * The rows of an account that was armed once: two drawdowns, each under its own name, at the minute and at their deepest.
 */

import { expect, it } from 'vitest';
import { accountRow, equityRow } from '../../../../functions/risk/rows.ts';
import { runConfig, SESSION } from '../../../support/core/core.ts';
import { Desk } from '../../../support/core/core-desk.ts';

/** $20,000 down to $19,900 and halted, sold and armed there, then $20 lost again and $5 won back. */
function armedOnce(): Desk {
  const desk = new Desk({ cashE4: 200_000_000 }).holds(20);
  desk.step(950_000);
  desk.sells(20, 950_000).step(950_000);
  desk.stage.arm({ acceptAudit: null });
  desk.holds(20, 950_000).step(940_000);
  desk.step(942_500);
  return desk;
}

it('an equity row has the drawdown of the account and what the limit counts', () => {
  const { stage } = armedOnce();
  expect(stage.equityE4).toBe(198_850_000);
  expect(equityRow(stage, { session: SESSION.date, eventMs: 1 })).toMatchObject({
    equityE4: 198_850_000,
    drawdownE4: 1_150_000,
    limitDrawdownE4: 150_000,
  });
});

it('an account row has the deepest of both, the peak and the reference', () => {
  const { stage } = armedOnce();
  const standing = { runId: 'run-1', config: runConfig(), stage, enteredSession: SESSION.date, dailyHash: null };
  expect(accountRow(standing, false)).toMatchObject({
    accountPeakE4: 200_000_000,
    maxDrawdownE4: 1_200_000,
    limitReferenceE4: 199_000_000,
    maxLimitDrawdownE4: 1_000_000,
  });
});
