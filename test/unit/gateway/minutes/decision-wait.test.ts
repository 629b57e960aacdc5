/**
 * Waiting for a decision: a lost minute is sent again, a parked one is replaced at once, and where every copy was parked
 * risk is asked to decide without one.
 */

import { describe, expect, it } from 'vitest';
import { DecisionInbox } from '../../../../gateway/minutes/decision-inbox.ts';
import { waitForDecision } from '../../../../gateway/minutes/decision-wait.ts';
import { type ClosedMinute, MinutePublisher } from '../../../../gateway/minutes/publisher.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../../support/memory/memory-queue.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { type ParkedData, parkedV1 } from '../../../../shared/contracts/parked.v1.ts';
import { fill, runConfig, SESSION } from '../../../support/core/core.ts';
import { hurriedClock } from '../../../support/trading/hurried-clock.ts';
import { refuseMismatch } from '../../../../shared/runtime/minute-guards.ts';
import { judgedBar } from '../../../support/trading/messages.ts';

const MINUTE: ClosedMinute = {
  session: SESSION.date,
  minuteIndex: 7,
  minutes: 390,
  openMs: SESSION.openMs + 7 * 60_000,
  bars: [judgedBar('AAPL'), judgedBar('MSFT')],
  closes: [{ symbol: 'AAPL', closeE4: 1_000_000 }],
  report: { fills: [fill()], closed: [] },
  closedMs: 1,
};
const ID = `run-1/${SESSION.date}/7`;

function setUp({ resendMs }: { resendMs: number }) {
  const database = createMemoryDatabase();
  const queue = createMemoryQueue();
  const logger = createLogger({ name: 'test', level: 'silent' });
  const config = runConfig();
  const marks = { add: async () => undefined };
  const publisher = new MinutePublisher({ config, database, queue, marks, logger });
  const parts = {
    config,
    database,
    publisher,
    inbox: new DecisionInbox(config.runId),
    clock: hurriedClock(),
    logger,
    resendMs,
  };
  const stopping = new AbortController();
  let copies = 0;
  return {
    database,
    queue,
    sent: () => queue.sent.map(({ envelope }) => envelope.id),
    wait: () => waitForDecision(MINUTE, parts, stopping.signal),
    stop: () => stopping.abort(),
    /** As the wrapper of whoever could not read it would. */
    async park(messageId: string) {
      copies += 1;
      const message = { runId: 'run-1', messageId, deliveryId: `copy-${copies}` };
      const why = { source: 'bars-ready.fifo', reason: 'schema', field: `data.${'x'.repeat(500)}`, value: '', fix: '' };
      await database.transaction(({ quarantine }) => quarantine.add([{ ...why, body: '{', message }]));
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a minute whose copies are parked', () => {
  it('is sent again long before it would count as lost, then decided without', async () => {
    const parts = setUp({ resendMs: 600_000 });
    const waiting = parts.wait();
    for (const [at, type] of ['minute', 'signal'].entries()) {
      await parts.park(`${type}/${ID}`);
      await until(() => parts.sent().length > at);
    }
    expect(parts.sent()).toEqual([`minute/${ID}`, `minute/${ID}`]);
    expect(new Set(parts.queue.sent.map(({ attempt }) => attempt)).size).toBe(2);

    await parts.park(`bars-ready/${ID}`);
    await until(() => parts.sent().length > 2);
    expect(parts.sent().slice(2)).toEqual([`parked/${ID}`]);
    const { queue, attempt, envelope } = parts.queue.sent[2]!;
    expect([queue, attempt]).toEqual(['signals', 0]);
    const { data } = parkedV1.schema.parse(JSON.parse(JSON.stringify(envelope))) as { data: ParkedData };
    expect(data).toMatchObject({ minuteIndex: 7, parkedIn: 'bars-ready.fifo', closes: MINUTE.closes });
    expect(data.fills).toEqual(MINUTE.report.fills);
    expect(parts.database.outbox).toMatchObject([{ outboxId: `parked/${ID}`, writer: 'gateway' }]);
    parts.stop();
    expect(await waiting).toBeNull();
  }, 10_000);

  it('asks for minute and decision when the answer to that is lost too', async () => {
    const parts = setUp({ resendMs: 20 });
    for (const type of ['minute', 'minute', 'minute']) await parts.park(`${type}/${ID}`);
    const waiting = parts.wait();
    await until(() => parts.sent().length >= 3);
    expect(parts.sent().slice(0, 3)).toEqual([`parked/${ID}`, `parked/${ID}`, `minute/${ID}`]);
    const [first, again] = parts.queue.sent;
    expect(first?.attempt).toBe(0);
    expect(again?.attempt).toBeGreaterThan(0);
    parts.stop();
    await waiting;
  });

  it('has nothing to do with what was parked of other minutes, runs and commands', async () => {
    const parts = setUp({ resendMs: 600_000 });
    for (const id of [`minute/run-1/${SESSION.date}/8`, `minute/run-2/${SESSION.date}/7`, 'command/run-1/1/halt', '']) {
      await parts.park(id);
    }
    const waiting = parts.wait();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(parts.sent()).toEqual([]);
    parts.stop();
    await waiting;
  });

  it('stops the run in the end, naming minute and copies, where nobody answers at all', async () => {
    const parts = setUp({ resendMs: 1 });
    for (const type of ['minute', 'minute', 'minute']) await parts.park(`${type}/${ID}`);
    await expect(parts.wait()).rejects.toThrow(
      /minute 8 of session 20250103 got no decision after 60 resends, 3 copies of it are in quarantine/,
    );
  });
});

describe('a minute that a part parked because it derives something else than is on record', () => {
  it('stops the run at once, and is not decided without a signal', async () => {
    const parts = setUp({ resendMs: 60_000 });
    const refused = refuseMismatch({
      session: SESSION.date,
      minuteIndex: 6,
      symbol: 'AAPL',
      what: 'position',
      stored: 5,
      derived: 4,
    });
    const message = { runId: 'run-1', messageId: `signal/${ID}`, deliveryId: 'copy-1' };
    const entry = { ...refused.refusal, source: 'signals.fifo', body: '{', message };
    await parts.database.transaction(({ quarantine }) => quarantine.add([entry]));
    await expect(parts.wait()).rejects.toMatchObject({
      name: 'RunStoppedError',
      message:
        "the position of AAPL in session 20250103, minute 7 is not what the run's records give: stored 5, derived 4",
      fix: expect.stringContaining('--new-run') as string,
    });
    expect(parts.sent()).toEqual([]);
  });
});
