/**
 * What the host knows of rotations: asked every ten seconds, kept while nobody answers.
 */

import { describe, expect, it } from 'vitest';
import { startRotationWatch } from '../../../../local/host/rotation-watch.ts';
import type { StatusAnswer } from '../../../../local/vault/status-answer.ts';
import { SILENT } from '../../../support/page/page-fixture.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

function answer(failure: string | null): StatusAnswer {
  const state = {
    name: 'jules/database/app',
    isEnabled: true,
    lastMs: null,
    nextMs: null,
    nextEndMs: null,
    dueMs: null,
  };
  const pending = failure === null ? null : { versionId: 'v', attempts: 5, failure, retryMs: null };
  return {
    vaultId: 'v',
    lockedBy: 'file',
    epoch: 1,
    secrets: 1,
    awaitingDeletion: 0,
    generations: [1],
    journalSequence: 1,
    canRotate: true,
    states: [{ ...state, isRunning: false, pending }],
  };
}

describe('the watch over rotations', () => {
  it('tells of a failure until it is gone, and keeps what it knew while nobody answers', async () => {
    const clock = stepClock();
    const answers: (() => unknown)[] = [
      () => answer('TEST_FAILED'),
      () => null,
      () => {
        throw new Error('away');
      },
      () => answer(null),
    ];
    const watch = startRotationWatch({ ask: async () => answers.shift()?.(), clock, logger: SILENT });
    await clock.advance(0);
    const seen: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      seen.push(watch.notices().length);
      await clock.advance(10_000);
    }
    await watch.stop();
    expect(seen).toEqual([1, 1, 1, 0]);
  });
});
