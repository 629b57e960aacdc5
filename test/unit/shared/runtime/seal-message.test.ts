/**
 * A sealed message keeps run, trace and stamps of what caused it.
 */

import { describe, expect, it } from 'vitest';
import { noteV1, note } from '../../../support/messages/messages.ts';
import { childTraceparent, rootTraceparent, sealMessage } from '../../../../shared/runtime/seal-message.ts';

const draft = { queue: 'signals' as const, contract: noteV1, id: 'answer/1', occurredAt: 7, data: { text: 'a' } };

describe('a sealed message', () => {
  it('matches the schema of its contract', () => {
    const { envelope } = sealMessage(draft, { cause: note(), consumer: 'signal', nowMs: 12.5 });
    expect(noteV1.schema.safeParse(envelope)).toMatchObject({ success: true });
    expect(envelope).toMatchObject({ runId: 'run-1', occurredAt: 7, stamps: { signal: 12.5 } });
  });

  it('is the same when a retry seals it again', () => {
    const context = { cause: note(), consumer: 'signal', nowMs: 12.5 } as const;
    expect(sealMessage(draft, context)).toEqual(sealMessage(draft, context));
  });
});

describe('a trace', () => {
  it('keeps its id and flags and gives each message a span of its own', () => {
    const root = rootTraceparent('minute/1');
    const [first, second] = [childTraceparent(root, 'a'), childTraceparent(root, 'b')];
    expect(root).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(first.slice(0, 36)).toBe(root.slice(0, 36));
    expect(new Set([root, first, second]).size).toBe(3);
  });
});
