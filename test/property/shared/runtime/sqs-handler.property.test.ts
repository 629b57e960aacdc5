/**
 * Any sequence of duplicates, failures and crashes leaves each effect exactly once.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../../support/memory/memory-queue.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import { route } from '../../../../shared/ports/handler.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { sqsHandler } from '../../../../shared/runtime/sqs-handler.ts';
import { eventOf, note, noteV1, recordOf } from '../../../support/messages/messages.ts';

const clock: Clock = { nowMs: () => 0, sleep: () => new Promise(() => undefined) };
const logger = createLogger({ name: 'test', level: 'silent' });

function setUp() {
  const database = createMemoryDatabase();
  const handled: string[] = [];
  const routes = [
    route(noteV1, async (message) => {
      handled.push(message.id);
      return [];
    }),
  ];
  const handler = sqsHandler({ consumer: 'ingest', routes, database, queue: createMemoryQueue(), clock, logger });
  return { database, handled, handler };
}

const anyBytes = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('utf8'));
const anyJson = fc.json({ maxDepth: 6 });
const deepJson = fc.integer({ min: 1, max: 30_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth));
const deepData = deepJson.map((data) => JSON.stringify(note()).replace('{"text":"hello"}', data));
/** A good message with one field replaced by anything. */
const spoiled = fc
  .tuple(fc.constantFrom(...Object.keys(note()), '__proto__', 'constructor'), fc.jsonValue())
  .map(([field, value]) => JSON.stringify({ ...note(), [field]: value }));

describe('the batch wrapper', () => {
  it('parks or handles any bytes and never throws, fails or loses a record', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(anyBytes, anyJson, deepJson, deepData, spoiled), { maxLength: 10 }),
        async (bodies) => {
          const { database, handled, handler } = setUp();
          const records = bodies.map((body, index) => recordOf(body, { messageId: `m${index}` }));
          const response = await handler(eventOf(...records));
          expect(response).toEqual({ batchItemFailures: [] });
          const duplicates = bodies.length - database.quarantine.length - handled.length;
          expect(duplicates).toBeGreaterThanOrEqual(0);
          expect(new Set(handled).size).toBe(handled.length);
          for (const entry of database.quarantine) {
            expect(entry.reason).not.toBe('');
            expect(entry.field).not.toBe('');
            expect(entry.fix).not.toBe('');
            expect(JSON.stringify(entry)).not.toContain('\0');
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
