import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import type { Repositories } from '../../../../../shared/ports/repositories.ts';
import { note } from '../../../../support/messages.ts';
import { startTestPostgres, type TestPostgres } from '../../../../support/postgres.ts';
import {
  accountRow,
  barRow,
  dailyBar,
  decision,
  equityRow,
  fill,
  OPEN_MS,
  order,
  positionRow,
  runConfig,
  SESSION,
} from '../../../../support/trading-rows.ts';

const MINUTE_MS = 60_000;
const DAY = { fromMs: OPEN_MS, toMs: OPEN_MS + 390 * MINUTE_MS };

let postgres: TestPostgres;
let runId: string;
let runs = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(() => {
  runs += 1;
  runId = `run-${runs}`;
});

function inTransaction<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result> {
  return postgres.database.transaction(work);
}

/** Does it twice, in two transactions, as a redelivered message would. */
async function twice(work: (repositories: Repositories) => Promise<void>): Promise<void> {
  await inTransaction(work);
  await inTransaction(work);
}

describe('the inbox', () => {
  it('gives a message to one consumer once', async () => {
    expect(await inTransaction(({ inbox }) => inbox.claim('ingest', runId))).toBe(true);
    expect(await inTransaction(({ inbox }) => inbox.claim('ingest', runId))).toBe(false);
    expect(await inTransaction(({ inbox }) => inbox.claim('risk', runId))).toBe(true);
  });

  it('gives a message claimed by a transaction that failed to the next one', async () => {
    const failure = inTransaction(async ({ inbox }) => {
      await inbox.claim('ingest', runId);
      throw new Error('handler failed');
    });
    await expect(failure).rejects.toThrow('handler failed');
    expect(await inTransaction(({ inbox }) => inbox.claim('ingest', runId))).toBe(true);
  });

  it('gives a message to one of two transactions that claim it at once', async () => {
    const claims = await Promise.all(
      [1, 2, 3, 4].map(() => inTransaction(({ inbox }) => inbox.claim('signal', runId))),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
});

describe('the outbox', () => {
  const first = () => note({ id: `${runId}/1`, data: { text: 'kept: é ✓ "quoted" \\' } });
  const second = () => note({ id: `${runId}/2` });
  const waiting = async () =>
    (await inTransaction(({ outbox }) => outbox.unpublished(null, 0, 1_000))).filter(({ outboxId }) =>
      outboxId.startsWith(`${runId}/`),
    );

  it('returns unpublished messages whole, in the order they were stored', async () => {
    await inTransaction(({ outbox }) =>
      outbox.add('ingest', 'cause', [
        { queue: 'bars-ready', envelope: first() },
        { queue: 'orders', envelope: second() },
      ]),
    );
    expect(await waiting()).toEqual([
      { outboxId: `${runId}/1`, queue: 'bars-ready', envelope: first() },
      { outboxId: `${runId}/2`, queue: 'orders', envelope: second() },
    ]);
  });

  it('leaves a message stored before as it was', async () => {
    await inTransaction(({ outbox }) => outbox.add('risk', 'cause', [{ queue: 'orders', envelope: first() }]));
    const changed = { ...first(), data: { text: 'changed' } };
    await inTransaction(({ outbox }) => outbox.add('risk', 'cause', [{ queue: 'orders', envelope: changed }]));
    expect((await waiting()).map(({ envelope }) => envelope.data)).toEqual([first().data]);
  });

  it('returns what a writer answered to one message, published or not', async () => {
    await inTransaction(async ({ outbox }) => {
      await outbox.add('risk', `${runId}/cause`, [{ queue: 'orders', envelope: first() }]);
      await outbox.add('risk', `${runId}/other`, [{ queue: 'orders', envelope: second() }]);
      await outbox.markPublished([`${runId}/1`]);
    });
    const answers = await inTransaction(({ outbox }) => outbox.causedBy('risk', `${runId}/cause`));
    expect(answers).toEqual([{ outboxId: `${runId}/1`, queue: 'orders', envelope: first() }]);
    expect(await inTransaction(({ outbox }) => outbox.causedBy('signal', `${runId}/cause`))).toEqual([]);
  });

  it('forgets what is published, and returns nothing younger than asked for', async () => {
    await inTransaction(({ outbox }) =>
      outbox.add('risk', 'cause', [
        { queue: 'orders', envelope: first() },
        { queue: 'orders', envelope: second() },
      ]),
    );
    await inTransaction(({ outbox }) => outbox.markPublished([`${runId}/1`]));
    expect((await waiting()).map(({ outboxId }) => outboxId)).toEqual([`${runId}/2`]);
    expect(await inTransaction(({ outbox }) => outbox.unpublished('risk', 3_600_000, 1_000))).toEqual([]);
    const ofOthers = await inTransaction(({ outbox }) => outbox.unpublished('gateway', 0, 1_000));
    expect(ofOthers).toEqual([]);
  });
});

describe('the quarantine', () => {
  const entry = (body: string) => ({
    source: `minutes.fifo/${runId}`,
    reason: 'not JSON',
    field: 'body',
    value: body.slice(0, 10),
    fix: 'send JSON',
    body,
  });
  const parked = async () => {
    const { rows } = await postgres
      .pool('reader')
      .query<{ body: string }>('SELECT body FROM quarantine WHERE source = $1 ORDER BY id', [`minutes.fifo/${runId}`]);
    return rows.map(({ body }) => body);
  };

  it('keeps the same thing from the same source once', async () => {
    await twice(({ quarantine }) => quarantine.add([entry('{bad'), entry('worse'), entry('{bad')]));
    expect(await parked()).toEqual(['{bad', 'worse']);
  });

  it('keeps what Postgres text cannot hold, and at most 256 KiB of it', async () => {
    await inTransaction(({ quarantine }) => quarantine.add([entry('a\0b'), entry('x'.repeat(300_000))]));
    const [withNul, long] = await parked();
    expect(withNul).toBe('a\uFFFDb');
    expect(long).toHaveLength(256 * 1024);
  });
});

describe('runs and sessions', () => {
  it('stores a run once and returns its configuration', async () => {
    const config = runConfig({ runId, minutesMax: 120, seed: 7 });
    await twice(({ runs: repository }) => repository.create(config, 'paper'));
    expect(await inTransaction(({ runs: repository }) => repository.find(runId))).toEqual(config);
    expect(await inTransaction(({ runs: repository }) => repository.find('nobody'))).toBeNull();
  });

  it('names what differs when a run exists with another configuration', async () => {
    await inTransaction(({ runs: repository }) => repository.create(runConfig({ runId }), 'paper'));
    const again = inTransaction(({ runs: repository }) => repository.create(runConfig({ runId, seed: 2 }), 'replay'));
    await expect(again).rejects.toMatchObject({
      name: 'DatabaseError',
      code: 'RUN_DIFFERS',
      retryable: false,
      message: expect.stringMatching(/kind was "paper" and is now "replay".*seed was 1 and is now 2/),
    });
  });

  it('returns sessions oldest first, each once', async () => {
    await inTransaction(({ runs: repository }) => repository.create(runConfig({ runId }), 'paper'));
    const rows = [20250106, SESSION].map((session) => ({ runId, session, minutes: 390, openMs: OPEN_MS }));
    for (const row of [...rows, ...rows]) await inTransaction(({ runs: repository }) => repository.openSession(row));
    expect(await inTransaction(({ runs: repository }) => repository.sessions(runId))).toEqual(rows.toReversed());
  });
});

describe('minute bars', () => {
  const between = (symbols = ['AAPL', 'MSFT']) => inTransaction(({ bars }) => bars.between(runId, DAY, symbols));
  const faults = () => inTransaction(({ bars }) => bars.quality(runId, DAY, ['AAPL', 'MSFT']));

  it('returns the bars of a range by time, then symbol, without its end', async () => {
    const wanted = [
      barRow(),
      barRow({ symbol: 'MSFT', faults: FAULT.VOLUME_SPIKE, fillableVolume: 500 }),
      barRow({ openMs: DAY.toMs - MINUTE_MS, volume: 0 }),
    ];
    const outside = [
      barRow({ openMs: DAY.toMs }),
      barRow({ openMs: DAY.fromMs - MINUTE_MS }),
      barRow({ symbol: 'NVDA' }),
    ];
    await inTransaction(({ bars }) => bars.upsert(runId, [...wanted, ...outside].toReversed()));
    expect(await between()).toEqual(wanted);
  });

  it('overwrites a bar that arrives again with other values', async () => {
    await inTransaction(({ bars }) => bars.upsert(runId, [barRow()]));
    await twice(({ bars }) => bars.upsert(runId, [barRow({ closeE4: 2_429_900 })]));
    expect(await between()).toEqual([barRow({ closeE4: 2_429_900 })]);
  });

  it('returns faults with what was delivered', async () => {
    const row = {
      symbol: 'AAPL',
      openMs: OPEN_MS,
      faults: FAULT.PRICE_INVALID | FAULT.STALE_REPEAT,
      hard: true,
      raw: '{"close":null}',
    };
    await twice(({ bars }) => bars.recordQuality(runId, [row]));
    expect(await faults()).toEqual([row]);
  });

  it('takes a good bar away when its minute turns out hard-faulted', async () => {
    await inTransaction(({ bars }) => bars.upsert(runId, [barRow(), barRow({ symbol: 'MSFT' })]));
    const hard = { symbol: 'AAPL', openMs: OPEN_MS, faults: FAULT.DUPLICATE_CONFLICT, hard: true, raw: '{}' };
    const soft = { symbol: 'MSFT', openMs: OPEN_MS, faults: FAULT.VOLUME_ZERO, hard: false, raw: '{}' };
    await inTransaction(({ bars }) => bars.recordQuality(runId, [hard, soft]));
    expect((await between()).map(({ symbol }) => symbol)).toEqual(['MSFT']);
  });

  it('clears the faults of a minute whose corrected bar has none', async () => {
    const hard = { symbol: 'AAPL', openMs: OPEN_MS, faults: FAULT.RANGE_CROSSED, hard: true, raw: '{}' };
    await inTransaction(({ bars }) => bars.recordQuality(runId, [hard]));
    await inTransaction(({ bars }) => bars.upsert(runId, [barRow()]));
    expect(await faults()).toEqual([]);
    expect(await between()).toEqual([barRow()]);
  });

  it('rolls minutes up into hours', async () => {
    const rows = Array.from({ length: 90 }, (_, minute) =>
      barRow({
        openMs: OPEN_MS + minute * MINUTE_MS,
        openE4: 1_000 + minute,
        highE4: 3_000 + minute,
        lowE4: 900 - minute,
        closeE4: 2_000 + minute,
        volume: 10,
      }),
    );
    await inTransaction(({ bars }) => bars.upsert(runId, rows));
    const { rows: hours } = await postgres
      .pool('reader')
      .query(
        'SELECT bucket, open_e4, high_e4, low_e4, close_e4, volume, bars FROM ohlcv_hourly WHERE feed = $1 ORDER BY bucket',
        [runId],
      );
    const hour = (at: string, values: Record<string, string>) => ({
      bucket: new Date(`2025-01-03T${at}:00Z`),
      ...values,
    });
    expect(hours).toEqual([
      hour('14:00', { open_e4: '1000', high_e4: '3029', low_e4: '871', close_e4: '2029', volume: '300', bars: '30' }),
      hour('15:00', { open_e4: '1030', high_e4: '3089', low_e4: '811', close_e4: '2089', volume: '600', bars: '60' }),
    ]);
  });
});

describe('daily bars', () => {
  it('returns the last sessions strictly before one, oldest first', async () => {
    const symbol = `S${runs}`;
    const rows = [20241230, 20241231, 20250102, SESSION].map((session) => dailyBar({ symbol, session }));
    await twice(({ dailyBars }) => dailyBars.upsert(rows));
    expect(await inTransaction(({ dailyBars }) => dailyBars.before(symbol, SESSION, 2))).toEqual(rows.slice(1, 3));
  });

  it('takes more rows than one statement holds, and corrects them', async () => {
    const symbol = `S${runs}`;
    const rows = Array.from({ length: 2_500 }, (_, index) => dailyBar({ symbol, session: index }));
    await inTransaction(({ dailyBars }) => dailyBars.upsert(rows));
    await inTransaction(({ dailyBars }) => dailyBars.upsert([dailyBar({ symbol, session: 2_499, closeE4: 1 })]));
    const stored = await inTransaction(({ dailyBars }) => dailyBars.before(symbol, 9_999, 9_999));
    expect(stored).toHaveLength(2_500);
    expect(stored.at(-1)?.closeE4).toBe(1);
  });
});

describe('accounts', () => {
  it('returns the newest session, and the newest before one', async () => {
    const friday = accountRow({ runId });
    const monday = accountRow({
      runId,
      session: 20250106,
      tradingState: 'HALTED',
      stateCause: 'DRAWDOWN',
      haltedAtMs: 5,
    });
    for (const row of [friday, monday]) await inTransaction(({ accounts }) => accounts.save(row, [], null));
    await inTransaction(async ({ accounts }) => {
      expect(await accounts.latest(runId)).toEqual(monday);
      expect(await accounts.latestBefore(runId, 20250106)).toEqual(friday);
      expect(await accounts.latestBefore(runId, SESSION)).toBeNull();
      expect(await accounts.latest('nobody')).toBeNull();
    });
  });

  it('replaces positions, and keeps one equity row a minute', async () => {
    const positions = [positionRow(), positionRow({ symbol: 'MSFT', quantity: 2 })];
    await twice(({ accounts }) => accounts.save(accountRow({ runId }), positions, equityRow()));
    const later = accountRow({ runId, lastMinute: 30, cashE4: 1 });
    await inTransaction(({ accounts }) =>
      accounts.save(later, [positionRow({ quantity: 1 })], equityRow({ minuteIndex: 30 })),
    );
    expect(await inTransaction(({ accounts }) => accounts.latest(runId))).toEqual(later);
    const reader = postgres.pool('reader');
    const held = await reader.query('SELECT symbol, quantity FROM positions WHERE run_id = $1', [runId]);
    expect(held.rows).toEqual([{ symbol: 'AAPL', quantity: '1' }]);
    const equity = await reader.query('SELECT minute_index FROM equity WHERE run_id = $1 ORDER BY 1', [runId]);
    expect(equity.rows).toEqual([{ minute_index: 29 }, { minute_index: 30 }]);
  });

  it('empties the positions of an account that is flat', async () => {
    await inTransaction(({ accounts }) => accounts.save(accountRow({ runId }), [positionRow()], null));
    await inTransaction(({ accounts }) => accounts.save(accountRow({ runId }), [], null));
    const held = await postgres.pool('reader').query('SELECT FROM positions WHERE run_id = $1', [runId]);
    expect(held.rows).toEqual([]);
  });
});

describe('execution', () => {
  beforeEach(async () => {
    await inTransaction(async ({ runs: repository }) => {
      await repository.create(runConfig({ runId }), 'replay');
      await repository.openSession({ runId, session: SESSION, minutes: 390, openMs: OPEN_MS });
    });
  });

  it('stores each fill once and returns them in the order of the ledger', async () => {
    const fills = [
      fill(),
      fill({ fillId: 'b-2', symbol: 'MSFT', sequence: 1 }),
      fill({ fillId: 'b-1', symbol: 'MSFT', sequence: 0 }),
      fill({ fillId: 'a-0', minuteIndex: 3, eventMs: OPEN_MS + 4 * MINUTE_MS }),
    ];
    await twice(({ execution }) => execution.addFills(runId, fills));
    const stored = await inTransaction(({ execution }) => execution.fills(runId, SESSION));
    expect(stored).toEqual([fills[3], fills[0], fills[2], fills[1]]);
    expect(await inTransaction(({ execution }) => execution.fills(runId, 20250106))).toEqual([]);
  });

  it('knows how far a session has come, and never goes back', async () => {
    const progress = () => inTransaction(({ execution }) => execution.progress(runId, SESSION));
    expect(await progress()).toEqual({ publishedMinute: -1, decidedMinute: -1 });
    for (const minute of [0, 1, 2, 1])
      await inTransaction(({ execution }) => execution.markPublished(runId, SESSION, minute));
    for (const minute of [0, 1, 0])
      await inTransaction(({ execution }) => execution.markDecided(runId, SESSION, minute));
    expect(await progress()).toEqual({ publishedMinute: 2, decidedMinute: 1 });
    expect(await inTransaction(({ execution }) => execution.progress(runId, 20250106))).toEqual({
      publishedMinute: -1,
      decidedMinute: -1,
    });
  });

  it('returns decisions taken that hold an order or a cancel, with their orders as they were approved', async () => {
    const entry = order();
    const stop = order({
      orderRef: '20250103-029-AAPL-P',
      kind: 'STOP',
      type: 'STOP',
      limitPriceE4: 0,
      stopPriceE4: 2_370_000,
      parentRef: entry.orderRef,
    });
    const exit = order({
      orderRef: '20250103-030-AAPL-X',
      minuteIndex: 30,
      kind: 'EXIT',
      side: 'SELL',
      type: 'MARKETABLE',
    });
    const decisions = [
      decision({ minuteIndex: 28 }),
      decision({ orders: [entry, stop] }),
      decision({ minuteIndex: 30, cancels: [stop.orderRef] }),
      decision({ minuteIndex: 31, orders: [order({ minuteIndex: 31 })] }),
    ];
    for (const each of decisions) {
      await twice(({ decisions: repository }) =>
        repository.add({ runId, cause: 'minute', decision: each, signal: null }),
      );
    }
    const command = decision({ minuteIndex: 30, orders: [exit] });
    await inTransaction(({ decisions: repository }) =>
      repository.add({ runId, cause: 'command', decision: command, signal: null }),
    );
    await inTransaction(({ execution }) => execution.markDecided(runId, SESSION, 30));
    expect(await inTransaction(({ execution }) => execution.takenDecisions(runId, SESSION))).toEqual([
      { minuteIndex: 29, orders: [entry, stop], cancels: [] },
      { minuteIndex: 30, orders: [], cancels: [stop.orderRef] },
      { minuteIndex: 30, orders: [exit], cancels: [] },
    ]);
  });

  it('numbers the decisions of pulses and commands within their minute', async () => {
    for (const cause of ['minute', 'pulse', 'pulse', 'command'] as const) {
      await inTransaction(({ decisions: repository }) =>
        repository.add({ runId, cause, decision: decision(), signal: null }),
      );
    }
    const { rows } = await postgres
      .pool('reader')
      .query('SELECT cause, sequence FROM decisions WHERE run_id = $1 ORDER BY cause, sequence', [runId]);
    expect(rows).toEqual([
      { cause: 'command', sequence: 0 },
      { cause: 'minute', sequence: 0 },
      { cause: 'pulse', sequence: 0 },
      { cause: 'pulse', sequence: 1 },
    ]);
  });

  it('stores an order event once and overwrites the latency of a minute', async () => {
    const latency = {
      runId,
      session: SESSION,
      minuteIndex: 5,
      closedMs: 1.25,
      ingestMs: 2,
      signalMs: 3,
      riskMs: 4,
      recordedMs: 5,
    };
    await twice(async ({ execution, decisions: repository }) => {
      await execution.addOrderEvents(runId, [{ orderRef: 'a', event: 'ACCEPTED', eventMs: 1, detail: '' }]);
      await execution.saveLatency(latency);
      await repository.riskEvent({ runId, eventMs: 1, kind: 'COMMAND', detail: 'halt' });
    });
    await inTransaction(({ execution }) => execution.saveLatency({ ...latency, recordedMs: 6.5 }));
    const reader = postgres.pool('reader');
    const events = await reader.query('SELECT event FROM order_events WHERE run_id = $1', [runId]);
    expect(events.rows).toEqual([{ event: 'ACCEPTED' }]);
    const stored = await reader.query('SELECT closed_ms, recorded_ms FROM minute_latency WHERE run_id = $1', [runId]);
    expect(stored.rows).toEqual([{ closed_ms: 1.25, recorded_ms: 6.5 }]);
  });
});
