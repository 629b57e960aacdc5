/**
 * What the start of a session costs signal over a real Postgres: the first minute, which reads 20 past sessions, at 100
 * and at 500 symbols.
 */

import { createSignal } from '../../functions/signal/handler.ts';
import { createLogger } from '../../shared/adapters/system/logger.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import type { BarsReadyData } from '../../shared/contracts/bars-ready.v1.ts';
import { bodyOf } from '../../shared/contracts/message-body.ts';
import { type Session, sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { PROFILE_SESSIONS_MAX } from '../../shared/domain/features/volume-profile.ts';
import { sqsHandler } from '../../shared/runtime/sqs-handler.ts';
import { runConfig } from '../support/core/core.ts';
import { seededRandom } from '../support/core/seeded-random.ts';
import { feeds } from '../support/database/feeds.ts';
import { startTestPostgres, type TestPostgres } from '../support/database/postgres.ts';
import { createMemoryQueue } from '../support/memory/memory-queue.ts';
import { eventOf, recordOf } from '../support/messages/messages.ts';
import { barsReady } from '../support/trading/messages.ts';
import { inProcessRunner } from '../support/trading/runner.ts';
import { atMost, type Measurement, measurement, timed } from './measure.ts';

const RUNS = 3;
const PAST = sessionsBetween(20_250_103, 20_251_231).slice(0, PROFILE_SESSIONS_MAX);
const NEXT = sessionsBetween(20_250_103, 20_251_231)[PROFILE_SESSIONS_MAX]!;

export async function benchStartUp(): Promise<Measurement[]> {
  return [
    measurement("signal's start with 100 symbols and 20 sessions", 's', await startsOf(100), atMost(2)),
    measurement("signal's start with 500 symbols and 20 sessions", 's', await startsOf(500), atMost(10)),
  ];
}

async function startsOf(symbolCount: number): Promise<number[]> {
  const symbols = Array.from({ length: symbolCount }, (_, at) => `S${String(at).padStart(3, '0')}`);
  const postgres = await startTestPostgres();
  try {
    await store(postgres, symbols);
    const starts: number[] = [];
    for (let run = 0; run < RUNS; run++) starts.push((await timed(() => firstMinute(postgres, symbols, run))) / 1_000);
    return starts;
  } finally {
    await postgres.stop();
  }
}

async function store({ database }: TestPostgres, symbols: readonly string[]): Promise<void> {
  const random = seededRandom(1);
  const volumesOf = ({ minutes }: Session) =>
    symbols.map((symbol) => ({
      symbol,
      volumes: Array.from({ length: minutes }, () => Math.floor(random() * 100_000)),
    }));
  await database.transaction(({ runs }) => runs.create(runConfig({ symbols }), 'replay'));
  for (const session of [...PAST, NEXT]) {
    const row = { runId: 'run-1', session: session.date, minutes: session.minutes, openMs: session.openMs };
    await database.transaction(async ({ runs, volumes }) => {
      await runs.openSession(row, feeds('csv', symbols));
      if (session !== NEXT) await volumes.add('run-1', session.date, volumesOf(session));
    });
  }
}

/** By a process that knows nothing yet. */
async function firstMinute({ database }: TestPostgres, symbols: readonly string[], run: number): Promise<void> {
  const handler = sqsHandler({
    consumer: 'signal',
    routes: createSignal({ runner: inProcessRunner() }),
    database,
    queue: createMemoryQueue(),
    clock: systemClock(),
    logger: createLogger({ name: 'bench', level: 'silent' }),
  });
  const prices = { openE4: 1_000_000, highE4: 1_000_000, lowE4: 1_000_000, closeE4: 1_000_000 };
  const bars: BarsReadyData['bars'] = symbols.map((symbol) => {
    return { symbol, present: true, ...prices, fillableVolume: 10_000, faults: 0 };
  });
  const message = barsReady({ session: NEXT.date, minutes: NEXT.minutes, bars });
  const data = { ...message.data, openMs: NEXT.openMs };
  const body = bodyOf({ ...message, id: `${message.id}/${run}`, data });
  const { batchItemFailures } = await handler(eventOf(recordOf(body)));
  if (batchItemFailures.length > 0) throw new Error('signal did not handle the first minute');
}
