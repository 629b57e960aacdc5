/**
 * RotateSecret without RotateImmediately: testSecret runs once on a version that carries AWSPENDING and a copy of the
 * current value; the version is taken away afterwards, whatever the test said.
 */

import type { Logger } from '../../../../shared/ports/logger.ts';
import type { Vault } from '../../../vault/store/vault.ts';
import { CURRENT, holderOf } from '../stages.ts';
import { withPendingVersion } from './begin.ts';
import { runStep, type StepParts } from './step.ts';

export async function tryOut(
  name: string,
  versionId: string,
  run: StepParts & { readonly vault: Vault; readonly logger: Logger },
): Promise<void> {
  const { vault, clock, logger } = run;
  await addCopy(vault, name, versionId, clock.nowMs());
  const secret = vault.state.secrets.get(name);
  try {
    if (secret !== undefined) await runStep(secret, { step: 'testSecret', versionId }, run);
  } catch (error) {
    logger.warn({ err: error, secret: name }, 'the rotation of a secret was tried out and failed');
  } finally {
    await removeCopy(vault, name, versionId);
  }
}

async function addCopy(vault: Vault, name: string, versionId: string, nowMs: number): Promise<void> {
  await vault.transact((transaction) => {
    const secret = transaction.find(name);
    if (secret === null) return;
    transaction.put(withPendingVersion(secret, versionId, nowMs));
    const current = holderOf(secret.versions, CURRENT);
    const value = current === null ? null : vault.read(name, current.id);
    if (value === null) return;
    transaction.putValue(name, versionId, value);
    value.bytes.fill(0);
  });
}

async function removeCopy(vault: Vault, name: string, versionId: string): Promise<void> {
  await vault.transact((transaction) => {
    const secret = transaction.find(name);
    if (secret === null) return;
    transaction.put({ ...secret, versions: secret.versions.filter(({ id }) => id !== versionId) });
  });
}
