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

  it('gives a replay a new name at queues that remember the last one, and only there', async () => {
    const idOf = async (changes: Partial<StackPlan>) => (await planStack({ ...plan, ...changes })).run.runId;
    const replays = [
      await idOf({ kind: 'replay', messaging: localstack }),
      await idOf({ kind: 'replay', messaging: localstack }),
    ];
    const embedded = await idOf({ kind: 'replay' });
    expect(new Set([...replays, embedded]).size).toBe(3);
    expect(replays.every((id) => id.startsWith(`${embedded}-`))).toBe(true);
    expect(await idOf({ messaging: localstack })).toBe(await idOf({}));
  });

  it('counts as absent when it is of another version', () => {
    writeFileSync(join(dir, 'stack.json'), '{"format":2}');
    expect(lastStackFile(dir)).toBeNull();
  });
});
