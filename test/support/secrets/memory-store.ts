/**
 * A SecretStore in memory with the stages of the real one: one holder for each label, AWSPREVIOUS where AWSCURRENT was,
 * and no second value for a version that has one.
 */

import type { SecretStore } from '../../../shared/ports/secret-store.ts';
import { CURRENT, PENDING, PREVIOUS, SecretAccessError, type SecretErrorCode } from '../../../shared/ports/secrets.ts';

export interface MemoryStore extends SecretStore {
  isRotationEnabled: boolean;
  rotatedMs: number | null;
  /** What RotateSecret does before the first step: a version without a value carries AWSPENDING. */
  begin(versionId: string): void;
  valueOf(stage: string): string | null;
  holderOf(stage: string): string | null;
}

const SECRET = 'jules/test';

/** One secret, whatever it is asked for by. */
export function memoryStore(current: object): MemoryStore {
  const texts = new Map<string, string>([['version-0', JSON.stringify(current)]]);
  const holders = new Map<string, string>([[CURRENT, 'version-0']]);
  const known = new Set(['version-0']);
  let passwords = 0;

  function attach(stage: string, versionId: string): void {
    const before = holders.get(stage);
    if (stage === CURRENT && before !== undefined && before !== versionId) holders.set(PREVIOUS, before);
    holders.set(stage, versionId);
  }

  return {
    isRotationEnabled: true,
    rotatedMs: null,
    begin(versionId) {
      known.add(versionId);
      attach(PENDING, versionId);
    },
    valueOf: (stage) => texts.get(holders.get(stage) ?? '') ?? null,
    holderOf: (stage) => holders.get(stage) ?? null,
    async describe() {
      const stages: Record<string, string[]> = {};
      for (const [stage, id] of holders) (stages[id] ??= []).push(stage);
      return { name: SECRET, isRotationEnabled: this.isRotationEnabled, rotatedMs: this.rotatedMs, stages };
    },
    async read(_secretId, { stage, versionId }) {
      const holder = holders.get(stage);
      if (versionId !== undefined && versionId !== holder) throw refused('REQUEST_REFUSED');
      return texts.get(holder ?? '') ?? null;
    },
    async put(_secretId, { versionId, text, stage }) {
      if ((texts.get(versionId) ?? text) !== text) throw refused('REQUEST_REFUSED');
      known.add(versionId);
      texts.set(versionId, text);
      attach(stage, versionId);
    },
    async moveStage(_secretId, { stage, fromVersionId, toVersionId }) {
      if (holders.get(stage) !== fromVersionId || !known.has(toVersionId)) throw refused('REQUEST_REFUSED');
      attach(stage, toVersionId);
    },
    async randomPassword(length) {
      passwords += 1;
      return `password${passwords}`.padEnd(length, 'x');
    },
  };
}

function refused(code: SecretErrorCode): SecretAccessError {
  return new SecretAccessError('refused', { code, secretName: SECRET, retryable: false });
}
