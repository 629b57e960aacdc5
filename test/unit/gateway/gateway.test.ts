/**
 * A gateway begins the run that it was told to, or says why it must not.
 */

import { describe, expect, it } from 'vitest';
import { type GatewayOptions, runGateway } from '../../../gateway/gateway.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { Broker } from '../../../shared/ports/broker.ts';
import type { MarketSource } from '../../../shared/ports/market-source.ts';
import { topology } from '../../../shared/topology.ts';
import { runConfig, SESSION } from '../../support/core/core.ts';
import { note } from '../../support/messages/messages.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../support/memory/memory-database.ts';
import { hurriedClock } from '../../support/trading/hurried-clock.ts';
import { MemoryQueues } from '../../support/trading/memory-queues.ts';

/** A market without sessions: the gateway begins the run and has no minute to play. */
const NO_SESSION: MarketSource = { nextSession: () => null, open: () => Promise.reject(new Error('no session')) };

function begin(
  database: MemoryDatabase,
  changes: Parameters<typeof runConfig>[0],
  source: MarketSource = NO_SESSION,
): Promise<string> {
  const queues = new MemoryQueues({ topology: topology(), comesAgainAfter: () => null });
  const options = {
    config: runConfig({ bookId: 'main', ...changes }),
    kind: 'paper',
    source,
    broker: { startSession: async () => undefined } as unknown as Broker,
    minuteClock: { nextClose: async () => undefined, betweenSessions: async () => undefined },
    journal: { append: async () => undefined },
    database,
    queue: queues,
    topology: topology(),
    clock: hurriedClock(),
    logger: createLogger({ name: 'test', level: 'silent' }),
  } satisfies GatewayOptions;
  return runGateway(options, new AbortController().signal);
}

describe('a gateway', () => {
  it('begins a run on a book, and continues it', async () => {
    const database = createMemoryDatabase();
    for (const _life of [1, 2]) expect(await begin(database, {})).toBe('finished');
    expect(database.tables.runs.size).toBe(1);
  });

  it('does not go on with a run whose book another run has taken over', async () => {
    const database = createMemoryDatabase();
    for (const life of [{}, { runId: 'run-2', seed: 2 }]) await begin(database, life);
    await expect(begin(database, {})).rejects.toMatchObject({
      name: 'RunStoppedError',
      message: 'run run-1 cannot be continued: run run-2 has taken book main over from it',
      fix: expect.stringContaining('--new-run') as string,
    });
    expect(await begin(database, { runId: 'run-2', seed: 2 })).toBe('finished');
  });

  it('drops at its start what was sent by a run that it takes the book over from', async () => {
    const database = createMemoryDatabase();
    await begin(database, {});
    const messages = ['sent', 'unsent'].map((id) => ({ queue: 'orders' as const, envelope: note({ id }) }));
    await database.transaction(async ({ outbox }) => {
      await outbox.add('risk', 'cause', messages);
      await outbox.markPublished(['sent']);
    });
    const kept = () => database.tables.outbox.all().map(({ outboxId }) => outboxId);
    await begin(database, {});
    expect(kept()).toEqual(['sent', 'unsent']);
    await begin(database, { runId: 'run-2' });
    expect(kept()).toEqual(['unsent']);
  });

  it('keeps the rows that a session could not use when it begins that session, once', async () => {
    const database = createMemoryDatabase();
    const row = {
      source: 'AAPL.csv:7',
      reason: 'malformed-row',
      field: 'row',
      value: 'AAPL',
      fix: 'write it',
      body: 'AAPL',
    };
    const source: MarketSource = {
      nextSession: () => SESSION,
      open: async () => ({ digests: ['a', 'b'], quarantine: [row], nextMinute: async () => null }),
    };
    for (const _life of [1, 2])
      await expect(begin(database, {}, source)).rejects.toMatchObject({ name: 'SourceEndedError' });
    expect(database.quarantine).toMatchObject([row]);
  });

  it.each([
    [
      'another configuration',
      { seed: 2 },
      /run-1 exists with another configuration: seed was 1 and is now 2/,
      '--new-run',
    ],
    [
      'another account',
      { runId: 'run-2', accountUsdE4: 50_000_000 },
      /book main was opened with .*\$2,500\.00/,
      '--book',
    ],
  ])('stops for good where the run has %s, with what to do', async (_what, changes, message, fix) => {
    const database = createMemoryDatabase();
    await begin(database, {});
    await expect(begin(database, changes)).rejects.toMatchObject({
      name: 'RunStoppedError',
      message: expect.stringMatching(message) as string,
      fix: expect.stringContaining(fix) as string,
    });
  });
});
