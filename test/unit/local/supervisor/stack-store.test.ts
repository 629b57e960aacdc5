/**
 * Stack file and credentials: whole or not at all, for the owner alone, and the credentials made once.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planStack } from '../../../../local/cli/stack-plan.ts';
import { ensureCredentials, lastStackFile, writeStackFile } from '../../../../local/supervisor/stack-store.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-store-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('credentials', () => {
  it('are made once, all different, readable by their owner alone', () => {
    const made = ensureCredentials(dir);
    expect(ensureCredentials(dir)).toEqual(made);
    expect(new Set(Object.values(made)).size).toBe(6);
    expect(statSync(join(dir, 'credentials.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['credentials.json']);
  });

  it('are not quoted when the file is damaged', () => {
    const { pageToken } = ensureCredentials(dir);
    const path = join(dir, 'credentials.json');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -10));
    expect(() => ensureCredentials(dir)).toThrow(/credentials\.json is damaged/);
    expect(() => ensureCredentials(dir)).not.toThrow(new RegExp(pageToken));
  });
});

describe('stack file', () => {
  it('comes back as it was written, with five different ports', async () => {
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
    expect(new Set(Object.values(file.ports)).size).toBe(5);
  });

  it('counts as absent when it is of another version', () => {
    writeFileSync(join(dir, 'stack.json'), '{"format":2}');
    expect(lastStackFile(dir)).toBeNull();
  });
});
