/**
 * A minute that comes again when its session is closed, or another run goes on with its book: it was handled, its answer is gone, and the log says late.
 */

import { describe, expect, it } from 'vitest';
import { createIngest } from '../../../../functions/ingest/handler.ts';
import { createRisk } from '../../../../functions/risk/handler.ts';
import { createSignal } from '../../../../functions/signal/handler.ts';
import { runConfig } from '../../../support/core/core.ts';
import { openFunction } from '../../../support/trading/function-bench.ts';
import { barsReady, command, minute, signal } from '../../../support/trading/messages.ts';
import { inProcessRunner } from '../../../support/trading/runner.ts';

/** A session of one minute: it is closed once that is decided. */
const config = { minutesMax: 1, bookId: 'left' };
const SHORT = { minutes: 1 };
const LATE = 'late: handled before, and its session is over, so it has no effect or answer';

const FUNCTIONS = [
  { consumer: 'ingest', create: createIngest, message: minute(SHORT) },
  { consumer: 'signal', create: () => createSignal({ runner: inProcessRunner() }), message: barsReady(SHORT) },
  { consumer: 'risk', create: createRisk, message: signal(SHORT) },
] as const;

describe.each(FUNCTIONS)('$consumer', ({ consumer, create, message }) => {
  async function handledOnce({ isClosed = false, isTakenOver = false }) {
    const bench = await openFunction({ consumer, create, config, minutes: 1 });
    expect(await bench.deliver(message)).toBe(true);
    await bench.database.transaction(async ({ runs, execution, outbox }) => {
      await outbox.markPublished(bench.answers().map(({ id }) => id));
      if (isClosed) await execution.markDecided('run-1', message.data.session, 0);
      if (isTakenOver) await runs.create(runConfig({ ...config, runId: 'run-2' }), 'replay');
      await outbox.forgetClosed();
    });
    return bench;
  }

  it.each([
    ['a closed session', { isClosed: true }],
    ['a run that was left in the middle of one', { isTakenOver: true }],
  ])('says late of a repeat from %s, which has no effect, no answer, and is not parked', async (_, how) => {
    const bench = await handledOnce(how);
    bench.restart();
    expect(await bench.deliver(message)).toBe(true);
    expect(bench.log.filter((line) => line === LATE)).toHaveLength(1);
    expect([bench.answers().length, bench.database.quarantine]).toEqual([1, []]);
  });

  it('answers a repeat again while the session is open, where somebody may still wait', async () => {
    const bench = await handledOnce({});
    expect(await bench.deliver(message)).toBe(true);
    expect(bench.log).not.toContain(LATE);
    expect(bench.answers()).toHaveLength(2);
  });
});

describe('a message that never has an answer', () => {
  it('is no late one when it comes again', async () => {
    const bench = await openFunction({ consumer: 'risk', create: createRisk });
    for (const _delivery of [1, 2]) expect(await bench.deliver(command())).toBe(true);
    expect(bench.log).not.toContain(LATE);
  });
});
