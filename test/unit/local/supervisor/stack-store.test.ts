/**
 * The stack file: whole or not at all.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planStack } from '../../../../local/cli/stack-plan.ts';
import { lastStackFile, writeStackFile } from '../../../../local/supervisor/stack-store.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-store-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('stack file', () => {
  it('comes back as it was written, with six different ports', async () => {
    const file = await planStack({
      kind: 'paper',
      config: {
        feed: 'sim-1',
        symbols: ['AAPL'],
        policy: 'rule',
        profile: 'basic',
        fees: 'tiered',
        accountUsdE4: 25_000_000,
        seed: 1,
        minutesMax: null,
        rearm: 'manual',
      },
      source: { kind: 'generated', seed: 1, startSession: 20_260_105 },
      clock: { kind: 'speed', factor: 60 },
      stage: 'default',
      pagePort: null,
    });
    writeStackFile(dir, file);
    expect(lastStackFile(dir)).toEqual(file);
    expect(new Set(Object.values(file.ports)).size).toBe(6);
  });

  it('counts as absent when it is of another version', () => {
    writeFileSync(join(dir, 'stack.json'), '{"format":2}');
    expect(lastStackFile(dir)).toBeNull();
  });
});
