/**
 * Marks of published messages are gathered, written together and not lost at a stop.
 */

import { describe, expect, it } from 'vitest';
import { createSentLog } from '../../../../shared/runtime/sent-log.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { note } from '../../../support/messages/messages.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const logger = createLogger({ name: 'test', level: 'silent' });

async function setUp() {
  const database = createMemoryDatabase();
  const messages = ['a', 'b', 'c'].map((id) => ({ queue: 'orders' as const, envelope: note({ id }) }));
  await database.transaction(({ outbox }) => outbox.add('risk', '', messages));
  const clock = stepClock();
  const marks = createSentLog({ database, clock, logger });
  return {
    database,
    clock,
    marks,
    published: () => database.outbox.filter((row) => row.published).map((row) => row.outboxId),
  };
}

describe('marks of published messages', () => {
  it('return at once and are written together a moment later', async () => {
    const { clock, marks, published } = await setUp();
    await marks.add(['a']);
    await marks.add(['c']);
    expect(published()).toEqual([]);
    await clock.advance(50);
    expect(published()).toEqual(['a', 'c']);
  });

  it('are written at the stop without waiting', async () => {
    const { clock, marks, published } = await setUp();
    await marks.add(['a']);
    const flushed = marks.flush();
    await clock.advance(50);
    await flushed;
    expect(published()).toEqual(['a']);
  });

  it('that cannot be written leave the message to the sweeper, and later ones are written', async () => {
    const { database, clock, marks, published } = await setUp();
    database.failNext(new Error('database away'));
    await marks.add(['a']);
    await clock.advance(50);
    await marks.add(['b']);
    await clock.advance(50);
    expect(published()).toEqual(['b']);
  });
});
