/**
 * Who has a minute that left the gateway, by the last message that is stored of it.
 */

import { expect, it } from 'vitest';
import type { MinuteStep } from '../../../../shared/ports/report-views.ts';
import { waitingMinute } from '../../../../shared/read-models/waiting-minute.ts';

const WAY: readonly MinuteStep[] = [
  { step: 'sent', atMs: 10 },
  { step: 'ingested', atMs: 20 },
  { step: 'signalled', atMs: 30 },
  { step: 'decided', atMs: 40 },
];

it.each([
  [1, 'the ingest function'],
  [2, 'the signal function, which asks the policy runner'],
  [3, 'the risk function'],
  [4, 'the gateway, which records its decision'],
])('after %i of its steps a minute waits for %s, since it was sent', (steps, waitsFor) => {
  expect(waitingMinute(7, WAY.slice(0, steps))).toEqual({ minute: 7, sinceMs: 10, waitsFor });
});

it('is not known of a minute whose messages are not stored', () => {
  expect(waitingMinute(7, [])).toBeNull();
});
