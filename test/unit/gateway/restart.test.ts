/**
 * Two lives of a gateway on one database: what the second derives has to be what the first has stored.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLogOnlyBridge } from '../../../gateway/brokers/simulated-broker.ts';
import { DecisionInbox } from '../../../gateway/minutes/decision-inbox.ts';
import { MinutePublisher } from '../../../gateway/minutes/publisher.ts';
import { SessionPlayer } from '../../../gateway/session-player.ts';
import { tableSession } from '../../../gateway/sources/table-session.ts';
import { barDigests } from '../../../shared/adapters/csv/bar-digests.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { MinuteData } from '../../../shared/contracts/minute.v2.ts';
import type { BarTable } from '../../../shared/domain/market/bar-table.ts';
import type { MarketSource } from '../../../shared/ports/market-source.ts';
import { sqsHandler } from '../../../shared/runtime/sqs-handler.ts';
import { bar, entryOrder, runConfig, SESSION, tableOf } from '../../support/core/core.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../support/memory/memory-queue.ts';
import { eventOf, recordOf } from '../../support/messages/messages.ts';
import { hurriedClock } from '../../support/trading/hurried-clock.ts';
import { decision } from '../../support/trading/messages.ts';

const MINUTES = 8;
const STOPPED_AFTER = 4;
const CONFIG = runConfig({ minutesMax: MINUTES });
const logger = createLogger({ name: 'test', level: 'silent' });

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-restart-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** $100 and quiet; an equal bar again would fill nothing. */
function bars(): BarTable {
  const quiet = () => Array.from({ length: MINUTES }, (_, minute) => bar({ volume: 100_000 + minute }));
  return tableOf([quiet(), quiet()]);
}

/** One life: every minute is decided as it comes, the first with an entry; ends after `last`. Without a table no bar is left. */
async function live(database: MemoryDatabase, table: BarTable | null, last: number): Promise<readonly number[]> {
  const queue = createMemoryQueue();
  const clock = hurriedClock();
  const inbox = new DecisionInbox(CONFIG.runId);
  const marks = { add: async () => undefined };
  const publisher = new MinutePublisher({ config: CONFIG, database, queue, marks, logger });
  const source: MarketSource = {
    nextSession: () => null,
    async open(at) {
      if (table === null) throw new Error('its bars are gone');
      return tableSession({ symbols: CONFIG.symbols, table, digests: barDigests(table), ...at });
    },
  };
  const broker = createLogOnlyBridge(CONFIG, dataDir);
  const minuteClock = { nextClose: async () => undefined, betweenSessions: async () => undefined };
  const journal = { append: async () => undefined };
  const shared = { config: CONFIG, source, broker, database, publisher, inbox, journal, minuteClock };
  const player = new SessionPlayer({ ...shared, clock, logger, resendMs: 60_000 }, SESSION);
  const handler = sqsHandler({ consumer: 'gateway', routes: inbox.routes(), database, queue, clock, logger });
  const stopping = new AbortController();
  const sent = (): number[] => queue.sent.map(({ envelope }) => (envelope.data as MinuteData).minuteIndex);
  let answered = 0;
  const answering = setInterval(() => {
    for (const minuteIndex of sent().slice(answered)) {
      answered += 1;
      void decide(database, minuteIndex, handler);
      if (minuteIndex === last) stopping.abort();
    }
  }, 1);
  onTestFinished(() => clearInterval(answering));
  await player.play(stopping.signal);
  return sent();
}

async function decide(
  database: MemoryDatabase,
  minuteIndex: number,
  handler: (event: ReturnType<typeof eventOf>) => Promise<unknown>,
): Promise<void> {
  const message = decision({ minuteIndex, orders: minuteIndex === 0 ? [entryOrder({ minuteIndex })] : [] });
  const { orders } = message.data;
  const record = { ...message.data, eventMs: SESSION.openMs + (minuteIndex + 1) * 60_000, orders };
  await database.transaction(({ decisions }) =>
    decisions.add({ runId: 'run-1', cause: 'minute', decision: record, signal: null }),
  );
  await handler(eventOf(recordOf(JSON.stringify(message))));
}

async function firstLife(): Promise<MemoryDatabase> {
  const database = createMemoryDatabase();
  await database.transaction(({ runs }) => runs.create(CONFIG, 'replay'));
  await live(database, bars(), STOPPED_AFTER);
  expect(database.tables.fills.size).toBe(1);
  return database;
}

describe('the second life of a gateway', () => {
  it('goes on with the next minute where everything is as it was', async () => {
    const sent = await live(await firstLife(), bars(), MINUTES - 1);
    expect(sent.at(-1)).toBe(MINUTES - 1);
    expect(sent[0]).toBeGreaterThanOrEqual(STOPPED_AFTER);
  });

  it('asks nothing of the bars of a session that is over', async () => {
    const database = await firstLife();
    await live(database, bars(), MINUTES - 1);
    expect(await live(database, null, MINUTES - 1)).toEqual([]);
  });

  it.each([1, MINUTES - 1])('stops where a bar of the source was changed meanwhile, at minute %i', async (minute) => {
    const database = await firstLife();
    const edited = bars();
    edited.volume[minute] = 99_999;
    await expect(live(database, edited, MINUTES - 1)).rejects.toMatchObject({
      name: 'RunStoppedError',
      message: expect.stringMatching(/bars of AAPL in session 20250103 .* recorded\/\w+, .* recorded\/\w+$/) as string,
    });
  });

  it.each([
    ['its price', { priceE4: 990_000 }, /minute 2, AAPL: fill .* priceE4 stored 990000, derived \d+$/],
    ['its shares', { quantity: 9 }, /minute 2, AAPL: fill .* quantity stored 9, derived 10$/],
  ])('stops where a stored fill was changed: %s', async (_what, change, message) => {
    const database = await firstLife();
    const [owned] = database.tables.fills.all();
    database.tables.fills.put(`run-1/${owned!.row.fillId}`, { ...owned!, row: { ...owned!.row, ...change } });
    const before = database.tables.outbox.size;
    await expect(live(database, bars(), MINUTES - 1)).rejects.toMatchObject({
      name: 'RunStoppedError',
      message: expect.stringMatching(message) as string,
    });
    expect(database.tables.outbox.size).toBe(before);
  });

  it('stops where a stored fill was taken away', async () => {
    const database = await firstLife();
    const [owned] = database.tables.fills.all();
    database.tables.fills.delete(`run-1/${owned!.row.fillId}`);
    await expect(live(database, bars(), MINUTES - 1)).rejects.toMatchObject({
      message: expect.stringContaining('stored none') as string,
    });
  });
});
