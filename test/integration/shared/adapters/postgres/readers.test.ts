/**
 * The questions of the live page and of `jules why`, asked of the real schema by the role that can only read.
 */

import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReference } from '../../../../../local/cli/commands/why/reference.ts';
import { connectReader } from '../../../../../local/cli/reach/read-only-connection.ts';
import { createDecisionViews } from '../../../../../shared/adapters/postgres/report/decision-views.ts';
import { buySignal, signal } from '../../../../support/trading/messages.ts';
import { createReportViews } from '../../../../../shared/adapters/postgres/report/report-views.ts';
import { minuteId } from '../../../../../shared/contracts/minute-ids.ts';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import { note } from '../../../../support/messages/messages.ts';
import { startTestPostgres, type TestPostgres } from '../../../../support/database/postgres.ts';
import { runConfig } from '../../../../support/core/core.ts';
import {
  accountRow,
  barRow,
  decision,
  equityRow,
  fill,
  OPEN_MS,
  order,
  positionRow,
  SESSION,
} from '../../../../support/database/trading-rows.ts';
import { feeds } from '../../../../support/database/feeds.ts';

const MINUTE_MS = 60_000;
const openMs = OPEN_MS + 29 * MINUTE_MS;

let postgres: TestPostgres;
let client: Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  client = await connectReader(postgres.options);
  await postgres.database.transaction(async ({ runs, bars, decisions, accounts, execution }) => {
    await runs.create(runConfig(), 'paper');
    await runs.openSession({ runId: 'run-1', session: SESSION, minutes: 390, openMs: OPEN_MS }, feeds());
    await bars.add(feeds(), [barRow({ openMs, faults: FAULT.VOLUME_SPIKE })]);
    await bars.addQuality(feeds(), [{ symbol: 'AAPL', openMs, faults: FAULT.VOLUME_SPIKE, hard: false, raw: '{}' }]);
    await decisions.add({ runId: 'run-1', cause: 'minute', decision: decision({ orders: [order()] }), signal: null });
    for (const minuteIndex of [30, 31]) {
      const symbols = [{ symbol: 'AAPL', action: 2, verdict: 'NONE', quantity: 0, detail: null }] as const;
      await decisions.add({
        runId: 'run-1',
        cause: 'minute',
        decision: decision({ minuteIndex, symbols }),
        signal: null,
      });
    }
    await execution.addFills('run-1', [fill()]);
    await execution.addOrderEvents('run-1', [
      { orderRef: order().orderRef, event: 'ACCEPTED', eventMs: openMs, detail: 'taken' },
      // Filled a minute late, as under `bench`, where an entry works on until a good bar comes.
      { orderRef: order().orderRef, event: 'FILLED', eventMs: OPEN_MS + 32 * MINUTE_MS, detail: fill().fillId },
    ]);
    const stages = { closedMs: 10.5, ingestMs: 11, signalMs: 12, riskMs: 13, recordedMs: 14.75 };
    await execution.saveLatency({ runId: 'run-1', session: SESSION, minuteIndex: 29, ...stages });
    await accounts.save(accountRow(), [positionRow()], equityRow());
  });
});
afterAll(async () => {
  await client.end();
  await postgres.stop();
});

/** Of the newest run, whatever it ordered. */
const ANY = { run: null, orderRef: null };

describe('the live page', () => {
  it('finds the run, its session and everything that happened in it', async () => {
    const views = createReportViews(postgres.pool('reader'));
    expect((await views.run('run-1'))?.kind).toBe('paper');
    expect(await views.sessions(10)).toEqual([await views.head('run-1')]);
    const facts = await views.facts('run-1', SESSION, 0);
    expect(facts).toMatchObject({
      head: { lastMinute: 29, equityE4: 25_010_000, state: 'ACTIVE' },
      positions: [positionRow()],
      equity: [{ minuteIndex: 29, equityE4: 25_010_000, drawdownE4: 20_000, limitDrawdownE4: 10_000 }],
      decisions: [29, 30, 31].map((minuteIndex) => ({ minuteIndex, cause: 'minute', sequence: 0 })),
      fills: [{ fillId: fill().fillId, feesE4: 3_620 }],
      bars: [{ minuteIndex: 29, symbol: 'AAPL', closeE4: 2_430_500 }],
      latency: [{ minuteIndex: 29, closedMs: 10.5, recordedMs: 14.75 }],
      orderCounts: { ENTRY: 1, EXIT: 0, STOP: 0 },
      faults: [{ code: 'VOLUME_SPIKE', hard: false, count: 1 }],
      faultyBars: 1,
      quarantined: 0,
    });
    expect(await views.trades('run-1', SESSION)).toMatchObject([{ kind: 'ENTRY', latencyMs: 4.25 }]);
  });
});

describe('a run and its book', () => {
  it('say in columns what they are: book, market, broker, and what the book was opened with', async () => {
    const config = runConfig({ runId: 'run-of-columns', bookId: 'columns', market: 'ib', broker: 'log-only' });
    await postgres.database.transaction(({ runs }) => runs.create(config, 'paper'));
    const { rows } = await client.query<Record<string, string>>(
      `SELECT r.book_id, r.market, r.broker, b.market AS book_market, b.broker AS book_broker, b.opening_cash_e4
        FROM runs r JOIN books b USING (book_id) WHERE run_id = 'run-of-columns'`,
    );
    expect(rows).toEqual([
      {
        book_id: 'columns',
        market: 'ib',
        broker: 'log-only',
        book_market: 'ib',
        book_broker: 'log-only',
        opening_cash_e4: '25000000',
      },
    ]);
  });
});

const DAY_MS = 86_400_000;

describe('the account of a session without a decision', () => {
  const views = () => createReportViews(postgres.pool('reader'));
  const halt = { cause: 'OPERATOR_HALT', sinceMs: OPEN_MS, by: 'page', why: 'overnight' } as const;
  const left = { equityE4: 24_500_000, accountPeakE4: 25_100_000, limitReferenceE4: 25_000_000 };
  const open = (runId: string, session: number) =>
    postgres.database.transaction(({ runs }) =>
      runs.openSession({ runId, session, minutes: 390, openMs: OPEN_MS + session }, feeds()),
    );

  it('stands where the session before left it, with what was commanded since', async () => {
    const config = { ...runConfig(), runId: 'run-2', bookId: 'other' };
    await postgres.database.transaction(({ runs }) => runs.create(config, 'paper'));
    await open('run-2', 20250106);
    const row = accountRow({ runId: 'run-2', session: 20250106, closed: true, ...left });
    await postgres.database.transaction(({ accounts }) => accounts.save(row, [], null));
    await open('run-2', 20250107);
    const standing = {
      session: 20250107,
      lastMinute: -1,
      closed: false,
      openingCashE4: null,
      updatedAtMs: null,
      ...left,
    };
    expect(await views().head('run-2')).toMatchObject({ ...standing, state: 'ACTIVE', causes: [] });
    const halted = { ...row, tradingState: 'HALTED', causes: [halt], limitReferenceE4: 24_500_000 } as const;
    await postgres.database.transaction(({ accounts }) => accounts.save(halted, [], null));
    const now = { ...standing, limitReferenceE4: 24_500_000, state: 'HALTED', causes: [halt] };
    expect(await views().head('run-2')).toMatchObject(now);
    expect((await views().facts('run-2', 20250107, 0))?.head).toMatchObject(now);
    expect((await views().sessions(9)).find(({ session }) => session === 20250107)).toMatchObject(now);
  });

  it('of a run that has decided nothing stands where its book was left', async () => {
    const config = { ...runConfig(), runId: 'run-3', bookId: 'other' };
    await postgres.database.transaction(({ runs }) => runs.create(config, 'paper'));
    await open('run-3', 20250108);
    const now = { ...left, limitReferenceE4: 24_500_000, openingCashE4: null, state: 'HALTED', causes: [halt] };
    expect(await views().head('run-3')).toMatchObject(now);
  });

  it('of a run that begins before what its book was halted for is halted since its own open', async () => {
    await postgres.database.transaction(async ({ runs }) => {
      await runs.create({ ...runConfig(), runId: 'run-4', bookId: 'other' }, 'paper');
      await runs.openSession(
        { runId: 'run-4', session: 20241230, minutes: 390, openMs: OPEN_MS - 4 * DAY_MS },
        feeds(),
      );
    });
    const since = { ...halt, sinceMs: OPEN_MS - 4 * DAY_MS };
    expect(await views().head('run-4')).toMatchObject({ state: 'HALTED', causes: [since] });
  });
});

describe('a minute on its way', () => {
  it('is ahead of the last decision, and as far as the messages that are stored of it', async () => {
    const views = createReportViews(postgres.pool('reader'));
    const at = { session: SESSION, minuteIndex: 32 };
    await postgres.database.transaction(async ({ execution, outbox }) => {
      await execution.markPublished('run-1', SESSION, at.minuteIndex);
      const sent = note({ id: minuteId('minute', 'run-1', at) });
      await outbox.add('gateway', '', [{ queue: 'minutes', envelope: sent }]);
      const ingested = note({ id: minuteId('bars-ready', 'run-1', at) });
      await outbox.add('ingest', sent.id, [{ queue: 'bars-ready', envelope: ingested }]);
    });
    expect(await views.head('run-1')).toMatchObject({ lastMinute: 29, publishedMinute: 32 });
    const steps = await views.steps('run-1', SESSION, 32);
    expect(steps.map(({ step }) => step)).toEqual(['sent', 'ingested']);
    for (const { atMs } of steps) expect(Math.abs(atMs - Date.now())).toBeLessThan(60_000);
    expect(await views.steps('run-1', SESSION, 33)).toEqual([]);
  });
});

describe('jules why', () => {
  it('finds the bar, the decision, the order with its events and the fill', async () => {
    const views = createDecisionViews(client);
    const reference = readReference(order().orderRef)[0]!;
    expect(await views.decision(reference, ANY)).toMatchObject({
      config: runConfig(),
      bar: { closeE4: 2_430_500 },
      quality: { codes: ['VOLUME_SPIKE'], isHard: false },
      decision: { verdict: 'APPROVED' },
      orders: [
        {
          orderRef: order().orderRef,
          events: [{ event: 'ACCEPTED', detail: 'taken' }, { event: 'FILLED' }],
          fills: [fill()],
        },
      ],
      holding: { quantity: 0, workingEntry: null, workingExit: null },
    });
    expect(await views.nearestOrders(reference, { run: null, limit: 3 })).toEqual([order().orderRef]);
  });

  it('finds a decision by an order only where it made that order, and knows the runs', async () => {
    const views = createDecisionViews(client);
    const reference = readReference(order().orderRef)[0]!;
    expect(await views.decision(reference, { run: null, orderRef: order().orderRef })).not.toBeNull();
    expect(await views.decision(reference, { run: null, orderRef: '20250103-029-AAPL-X' })).toBeNull();
    expect(await views.nearestOrders(reference, { run: 'run-2', limit: 3 })).toEqual([]);
    expect(await views.runs()).toContain('run-1');
  });

  it('knows what was working and what was held when a later decision was made', async () => {
    const views = createDecisionViews(client);
    const working = { quantity: 4, workingEntry: order().orderRef, workingExit: null };
    const later = { session: SESSION, symbol: 'AAPL' };
    expect((await views.decision({ ...later, minuteIndex: 30 }, ANY))?.holding).toEqual(working);
    expect((await views.decision({ ...later, minuteIndex: 31 }, { ...ANY, run: 'run-1' }))?.holding).toEqual({
      quantity: 4,
      workingEntry: null,
      workingExit: null,
    });
    expect(await views.decision({ ...later, minuteIndex: 31 }, { ...ANY, run: 'run-2' })).toBeNull();
    expect(await views.decision({ ...later, minuteIndex: 31, symbol: 'NVDA' }, ANY)).toBeNull();
  });
});

describe('the amounts that the limits of a decision counted from', () => {
  it('are those of the session and the minute; the session began with more than cash where positions were carried', async () => {
    const read = async (minuteIndex: number) => {
      const facts = await createDecisionViews(client).decision({ session: SESSION, minuteIndex, symbol: 'AAPL' }, ANY);
      return [facts?.sessionStartE4, facts?.limitReferenceE4];
    };
    expect(await read(29)).toEqual([25_000_000, 25_020_000]);
    const snapshot = JSON.stringify({ sessionStartE4: 25_100_000 });
    await postgres.database.transaction(({ accounts }) =>
      accounts.save(
        accountRow({ lastMinute: 30, snapshot }),
        [positionRow()],
        equityRow({ minuteIndex: 30, equityE4: 24_000_000, limitDrawdownE4: 1_050_000 }),
      ),
    );
    expect(await read(30)).toEqual([25_100_000, 25_050_000]);
    expect(await read(31)).toEqual([25_100_000, null]);
  });
});

describe('a signal', () => {
  it('is read as it was decided on, as now and as version 0.1 had stored it', async () => {
    const seen = signal({
      minuteIndex: 40,
      ready: true,
      observation: [Math.fround(0.1), 3],
      signals: [buySignal('AAPL')],
    });
    const symbols = [{ symbol: 'AAPL', action: 2, verdict: 'NONE', quantity: 0, detail: null }] as const;
    await postgres.database.transaction(({ decisions }) =>
      decisions.add({
        runId: 'run-1',
        cause: 'minute',
        decision: decision({ minuteIndex: 40, symbols }),
        signal: seen.data,
      }),
    );
    const facts = async () =>
      (
        await createDecisionViews(client).decision(
          { session: SESSION, minuteIndex: 40, symbol: 'AAPL' },
          { ...ANY, run: 'run-1' },
        )
      )?.signal;
    const expected = {
      isReady: true,
      observation: [Math.fround(0.1), 3],
      entryQuantity: 5,
      limitPriceE4: 1_002_000,
      isCorrelated: false,
    };
    expect(await facts()).toEqual(expected);
    await postgres
      .pool('superuser')
      .query('UPDATE decisions SET signal = $1, observation = NULL WHERE minute_index = 40', [
        JSON.stringify(seen.data),
      ]);
    expect(await facts()).toEqual(expected);
  });
});
