/**
 * What an operator learns of rotations, and when.
 */

import { describe, expect, it } from 'vitest';
import {
  type RotationState,
  rotationNotices,
  standingOf,
} from '../../../../../shared/domain/secrets/rotation-notices.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 12);
const DAY_MS = 86_400_000;

function state(changes: Partial<RotationState> = {}): RotationState {
  return {
    name: 'jules/database/app',
    isEnabled: true,
    lastMs: NOW_MS - DAY_MS,
    nextMs: NOW_MS + DAY_MS,
    nextEndMs: NOW_MS + 2 * DAY_MS,
    isRunning: false,
    pending: null,
    dueMs: null,
    ...changes,
  };
}

const failing = (failure: string, retryMs: number | null = null) => ({ versionId: 'v', attempts: 5, failure, retryMs });

describe('the rotation of a secret', () => {
  it.each([
    ['waiting', state()],
    ['off', state({ isEnabled: false, pending: failing('TEST_FAILED') })],
    ['under way', state({ isRunning: true })],
    ['under way', state({ pending: { versionId: 'v', attempts: 0, failure: null, retryMs: NOW_MS } })],
    ['under way', state({ pending: failing('OPERATOR_PENDING'), dueMs: NOW_MS + DAY_MS })],
    ['failed', state({ pending: failing('TEST_FAILED') })],
    ['overdue', state({ nextMs: NOW_MS - 2 * DAY_MS, nextEndMs: NOW_MS - 1 })],
    ['overdue', state({ dueMs: NOW_MS - 1, pending: failing('OPERATOR_OVERDUE') })],
  ])('stands as %s', (standing, given) => {
    expect(standingOf(given, NOW_MS)).toBe(standing);
  });

  it('is not mentioned while all is well', () => {
    expect(rotationNotices([state(), state({ isEnabled: false })], NOW_MS)).toEqual([]);
    expect(rotationNotices([state({ dueMs: NOW_MS + 15 * DAY_MS })], NOW_MS)).toEqual([]);
  });

  it('raises an alarm when it has failed, with its code, when it goes on, and the runbook', () => {
    const [notice] = rotationNotices([state({ pending: failing('TEST_FAILED') })], NOW_MS);
    expect(notice).toEqual({
      severity: 'alarm',
      text: 'rotation failed: jules/database/app, TEST_FAILED after 5 attempts, tried again 2026-01-06 07:00:00 ET; see docs/runbooks/secrets.md',
    });
  });

  it('reminds of a deadline two weeks before it, and raises an alarm behind it; alarms come first', () => {
    const broker = state({ name: 'jules/broker/api-key', pending: failing('OPERATOR_PENDING') });
    const reminder = rotationNotices([{ ...broker, dueMs: NOW_MS + 7 * DAY_MS }], NOW_MS);
    expect(reminder).toMatchObject([{ severity: 'reminder' }]);
    expect(reminder[0]?.text).toContain('is due in 7 days (2026-01-12)');
    const late = rotationNotices(
      [
        { ...broker, dueMs: NOW_MS + DAY_MS },
        { ...broker, dueMs: NOW_MS - 1 },
      ],
      NOW_MS,
    );
    expect(late.map(({ severity }) => severity)).toEqual(['alarm', 'reminder']);
    expect(late[0]?.text).toContain('rotation overdue: jules/broker/api-key');
  });
});
