/**
 * Schedules keep out of market hours: what falls into them begins afterwards, what somebody asks for begins at once.
 */

import { describe, expect, it } from 'vitest';
import { createRotationDriver } from '../../../../../../local/emulators/secrets-manager/rotation/driver.ts';
import { RotationStepError } from '../../../../../../local/emulators/secrets-manager/rotation/invoker.ts';
import { marketHours } from '../../../../../../local/emulators/secrets-manager/rotation/market-hours.ts';
import { begun, withPendingVersion } from '../../../../../../local/emulators/secrets-manager/rotation/begin.ts';
import type { Rotation } from '../../../../../../local/vault/store/records.ts';
import { SILENT } from '../../../../../support/page/page-fixture.ts';
import { stepClock } from '../../../../../support/core/step-clock.ts';
import { openTestVault, secretRecord } from '../../../../../support/secrets/vaults.ts';

/** Monday 5 January 2026: the exchange trades from 14:30 to 21:00 UTC. */
const at = (hour: number, minute = 0) => Date.UTC(2026, 0, 5, hour, minute);
const NAME = 'jules/database/app';
const VERSION = 'b9f1c7de-0000-4000-8000-000000000001';

async function bench(startMs: number, { nextMs, isAsked }: { nextMs: number; isAsked?: boolean }) {
  const clock = stepClock(startMs);
  const vault = await openTestVault();
  const steps: string[] = [];
  const failing = { left: 0 };
  const rules = { scheduleExpression: 'cron(0 15 * * ? *)' };
  const base: Rotation = { enabled: true, functionArn: 'f', rules, lastMs: null, nextMs, pending: null };
  const rotation = isAsked === undefined ? base : begun(base, { versionId: VERSION, isAsked }, startMs);
  const secret = secretRecord({
    name: NAME,
    rotation,
    versions: [{ id: 'version-0', createdMs: 0, accessedDayMs: null, stages: ['AWSCURRENT'] }],
  });
  await vault.transact((transaction) =>
    transaction.put(isAsked === undefined ? secret : withPendingVersion(secret, VERSION, startMs)),
  );
  const driver = createRotationDriver({
    vault,
    clock,
    logger: SILENT,
    audit: { record: async () => undefined },
    quietHours: marketHours,
    invoker: {
      async invoke(_arn, { Step }) {
        steps.push(Step);
        if (failing.left-- > 0) throw new RotationStepError('TEST_FAILED', 'as asked');
      },
    },
  });
  const tickAt = async (ms: number) => {
    await clock.advance(ms - clock.nowMs());
    await driver.tick();
    await clock.advance(0);
    return steps.length;
  };
  const pending = () => vault.state.secrets.get(NAME)?.rotation?.pending;
  return { steps, tickAt, failing, pending, driver };
}

describe('market hours', () => {
  it.each([
    [at(14, 14), false],
    [at(14, 15), true],
    [at(20, 59), true],
    [at(21, 0), false],
    [Date.UTC(2026, 0, 4, 15), false],
    [Date.UTC(2026, 0, 1, 15), false],
  ])('%d are quiet: %s', (ms, isQuiet) => {
    expect(marketHours(ms)).toBe(isQuiet);
  });

  it('hold back a window that opens in them until they are over', async () => {
    const { tickAt, pending } = await bench(at(14), { nextMs: at(15) });
    expect(await tickAt(at(15))).toBe(0);
    expect(await tickAt(at(20, 59))).toBe(0);
    expect(pending()).toBeNull();
    expect(await tickAt(at(21))).toBeGreaterThan(0);
  });

  it('hold back a window that was missed, also after a start in the middle of them', async () => {
    const { tickAt } = await bench(at(16), { nextMs: at(3) });
    expect(await tickAt(at(16, 1))).toBe(0);
    expect(await tickAt(at(22))).toBeGreaterThan(0);
  });

  it('hold back another attempt of a schedule, and not what was asked for by hand', async () => {
    const scheduled = await bench(at(14, 20), { nextMs: at(15), isAsked: false });
    expect(await scheduled.tickAt(at(14, 30))).toBe(0);
    const asked = await bench(at(14, 20), { nextMs: at(15), isAsked: true });
    expect(await asked.tickAt(at(14, 30))).toBeGreaterThan(0);
  });

  it('let attempts and the failure be seen', async () => {
    const { tickAt, failing, pending } = await bench(at(9), { nextMs: at(10) });
    failing.left = 1;
    await tickAt(at(10));
    await expect.poll(() => pending()).toMatchObject({ attempts: 1, failure: 'TEST_FAILED', isAsked: false });
  });
});
