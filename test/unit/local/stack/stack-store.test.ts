/**
 * The stack file: whole or not at all.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planStack, type StackPlan } from '../../../../local/stack/stack-plan.ts';
import { lastStackFile, writeStackFile } from '../../../../local/stack/stack-store.ts';
import { type MessagingConfig, messagingSchema } from '../../../../shared/runtime/stack-file.ts';
import { paperPlan } from '../../../support/aws/paper-plan.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-store-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('stack file', () => {
  const plan = paperPlan();
  const localstack: MessagingConfig = {
    kind: 'endpoint',
    target: 'localstack',
    endpoint: 'http://127.0.0.1:4566',
    region: 'us-east-1',
    functions: 'host',
  };

  it('comes back as it was written, with six different ports', async () => {
    const file = await planStack(plan);
    writeStackFile(dir, file);
    expect(lastStackFile(dir)).toEqual(file);
    expect(new Set(Object.values(file.ports)).size).toBe(6);
  });

  it('keeps where the queues are, and has its own when it was written before they could be elsewhere', async () => {
    const file = await planStack({ ...plan, messaging: localstack });
    writeStackFile(dir, file);
    expect(lastStackFile(dir)?.messaging).toEqual(localstack);
    const { messaging: _, ...older } = file;
    writeFileSync(join(dir, 'stack.json'), JSON.stringify(older));
    expect(lastStackFile(dir)?.messaging).toEqual({ kind: 'embedded' });
  });

  it('takes no emulator without an address', () => {
    const result = messagingSchema.safeParse({ ...localstack, endpoint: null });
    expect(result.error?.issues[0]).toMatchObject({ path: ['endpoint'] });
    expect(messagingSchema.safeParse({ ...localstack, target: 'aws', endpoint: null }).success).toBe(true);
  });

  it('is of the run and book that the plan names, and of new ones where it names none', async () => {
    const runOf = async (changes: Partial<StackPlan>) => (await planStack({ ...plan, ...changes })).run;
    expect(await runOf({ runId: 'paper-1', bookId: 'main' })).toMatchObject({ runId: 'paper-1', bookId: 'main' });
    const replays = [await runOf({ kind: 'replay' }), await runOf({ kind: 'replay' })];
    expect(new Set(replays.map(({ runId }) => runId)).size).toBe(2);
    expect(replays.every(({ runId, bookId }) => bookId === runId)).toBe(true);
  });

  it('is read as the version before there were books wrote it', async () => {
    const { run, ...file } = await planStack({ ...plan, runId: 'paper-0a1b2c3d4e' });
    const { bookId: _, market: __, broker: ___, opening: ____, ...old } = run;
    writeFileSync(join(dir, 'stack.json'), JSON.stringify({ ...file, run: { ...old, feed: 'sim-1' } }));
    expect(lastStackFile(dir)?.run).toMatchObject({ bookId: 'paper-0a1b2c3d4e', market: 'generated' });
  });

  it('counts as absent when it is of another version', () => {
    writeFileSync(join(dir, 'stack.json'), '{"format":2}');
    expect(lastStackFile(dir)).toBeNull();
  });
});
