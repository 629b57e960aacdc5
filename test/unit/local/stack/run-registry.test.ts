/**
 * A run has a random id, which the same options on the same folder find again, as long as the version goes on with the
 * run as it was begun.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseRun, fingerprintOf, newRunId } from '../../../../local/stack/run-registry.ts';
import { RUN_ID } from '../../../../shared/contracts/envelope.ts';

const CONFIG = { symbols: ['AAPL', 'MSFT'], policy: 'rule', profile: 'basic', seed: 1, bookId: 'main' } as const;
const MARKET = { startDate: 20_260_105 };
const WANTED = { config: CONFIG, market: MARKET, isNew: false };

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-runs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The file as another version would have left it. */
function edit(change: (versions: Record<string, string>) => void): void {
  const path = join(dir, 'runs.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as { runs: Record<string, { versions: Record<string, string> }> };
  for (const { versions } of Object.values(file.runs)) change(versions);
  writeFileSync(path, JSON.stringify(file));
}

describe('the id of a run', () => {
  it('is random, has 128 bits, and is valid in messages', () => {
    const id = newRunId('paper');
    expect(id).toMatch(/^paper-[0-9a-f]{32}$/);
    expect(RUN_ID.safeParse(id).success).toBe(true);
    expect(newRunId('paper')).not.toBe(id);
  });
});

describe('the run of a folder', () => {
  it('is found again by the same options, in whatever order they were set', () => {
    const first = chooseRun(dir, WANTED);
    expect(first.isNew).toBe(true);
    expect(chooseRun(dir, WANTED)).toEqual({ runId: first.runId, isNew: false });
    const reversed = Object.fromEntries(Object.entries(CONFIG).toReversed()) as typeof CONFIG;
    expect(fingerprintOf({ config: reversed, market: MARKET })).toBe(fingerprintOf(WANTED));
  });

  it('is another one in another folder', () => {
    const other = mkdtempSync(join(tmpdir(), 'jules-runs-'));
    expect(chooseRun(other, WANTED).runId).not.toBe(chooseRun(dir, WANTED).runId);
    rmSync(other, { recursive: true, force: true });
  });

  it.each([
    ['seed', { ...WANTED, config: { ...CONFIG, seed: 2 } }],
    ['policy', { ...WANTED, config: { ...CONFIG, policy: 'random' as const } }],
    ['symbols', { ...WANTED, config: { ...CONFIG, symbols: ['AAPL'] } }],
    ['book', { ...WANTED, config: { ...CONFIG, bookId: 'other' } }],
    ['market', { ...WANTED, market: { startDate: 20_260_106 } }],
  ])('is another one when the %s is edited, and the first one is there for its own options', (_name, edited) => {
    const first = chooseRun(dir, WANTED);
    const second = chooseRun(dir, edited);
    expect(second.isNew).toBe(true);
    expect(second.runId).not.toBe(first.runId);
    expect(chooseRun(dir, WANTED)).toEqual({ runId: first.runId, isNew: false });
  });

  it('is another one where a new run is asked for, which the same options continue from then on', () => {
    const first = chooseRun(dir, WANTED);
    const second = chooseRun(dir, { ...WANTED, isNew: true });
    expect(second).toEqual({ runId: expect.not.stringContaining(first.runId) as string, isNew: true });
    expect(chooseRun(dir, WANTED)).toEqual({ runId: second.runId, isNew: false });
  });

  it.each(['ledger', 'features', 'contracts', 'policy'])(
    'is not continued by a version with another %s: both values and the way out are named',
    (name) => {
      chooseRun(dir, WANTED);
      edit((versions) => {
        versions[name] = `old ${name}`;
      });
      const now = (): unknown => chooseRun(dir, WANTED);
      expect(now).toThrow(new RegExp(`begun with ${name} 'old ${name}', and this version has '.+'`));
      expect(now).toThrow(
        expect.objectContaining({ exitCode: 1, fix: expect.stringContaining('--new-run') as string }),
      );
      expect(chooseRun(dir, { ...WANTED, isNew: true }).isNew).toBe(true);
    },
  );

  it('is not guessed when the file that names it is damaged', () => {
    writeFileSync(join(dir, 'runs.json'), '{"format":1,"runs":');
    expect(() => chooseRun(dir, WANTED)).toThrow(/runs\.json cannot be read/);
  });
});
