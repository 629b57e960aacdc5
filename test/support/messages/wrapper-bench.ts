/**
 * The batch wrapper around a handler of notes, over memory adapters: records in, failures, quarantine and answers out.
 */

import { vi } from 'vitest';
import { createMemoryDatabase } from '../memory/memory-database.ts';
import { createMemoryQueue } from '../memory/memory-queue.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { type HandlerContext, type MessageDraft, route } from '../../../shared/ports/handler.ts';
import type { Logger } from '../../../shared/ports/logger.ts';
import { sqsHandler } from '../../../shared/runtime/sqs-handler.ts';
import { type NoteData, note, noteV1 } from './messages.ts';

export const NOW_MS = 1_735_914_660_000.25;

type NoteHandle = (data: NoteData, context: HandlerContext) => Promise<readonly MessageDraft[]>;

/** A clock whose deadline never comes, unless the test lets it. */
export function fakeClock() {
  const sleepers: (() => void)[] = [];
  const clock: Clock = {
    nowMs: () => NOW_MS,
    sleep: (_delayMs, signal) =>
      new Promise((resolve) => {
        sleepers.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      }),
  };
  return { clock, expire: () => sleepers.forEach((wake) => wake()) };
}

export function logLines(): { logger: Logger; lines: { level: number; msg: string; bug?: boolean }[] } {
  const lines: { level: number; msg: string; bug?: boolean }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  return { logger: createLogger({ name: 'test', level: 'debug', destination }), lines };
}

export function setUp(handle: NoteHandle = async (data) => [draftOf(data.text)]) {
  const database = createMemoryDatabase({ nowMs: () => NOW_MS });
  const queue = createMemoryQueue();
  const { clock, expire } = fakeClock();
  const { logger, lines } = logLines();
  const handled = vi.fn<NoteHandle>(handle);
  const routes = [route(noteV1, (message, context) => handled(message.data, context))];
  const handler = sqsHandler({ consumer: 'ingest', routes, database, queue, clock, logger });
  return { database, queue, handler, handled, expire, lines };
}

export function draftOf(text: string, id = `answer/${text}`): MessageDraft {
  return { queue: 'bars-ready', contract: noteV1, id, occurredAt: 1, data: { text } };
}

export function bodyOf(overrides: Parameters<typeof note>[0] = {}): string {
  return JSON.stringify(note(overrides));
}

export const ALL_GOOD = { batchItemFailures: [] };
