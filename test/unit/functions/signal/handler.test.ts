/**
 * Signal: what the policy wants, sized, from bars and fills alone; a restart changes nothing, a runner that is away is
 * waited for.
 */

import { Account } from '../../../../shared/domain/account/account.ts';
import { BUY, HOLD, SELL } from '../../../../shared/domain/policy/actions.ts';
import { describe, expect, it } from 'vitest';
import { createSignal } from '../../../../functions/signal/handler.ts';
import type { ActRequest } from '../../../../shared/contracts/act.v1.ts';
import type { BarsReadyData } from '../../../../shared/contracts/bars-ready.v1.ts';
import { type SignalData, signalV1 } from '../../../../shared/contracts/signal.v1.ts';
import { featureSchemaHash } from '../../../../shared/domain/ledger/ledger.ts';
import type { RunConfig } from '../../../../shared/domain/run/run-config.ts';
import type { BarRow } from '../../../../shared/ports/repositories/market.ts';
import { type Runner, RunnerError } from '../../../../shared/ports/runner.ts';
import { fill, NEXT_SESSION, SESSION } from '../../../support/core/core.ts';
import { accountRow } from '../../../support/database/trading-rows.ts';
import { type FunctionBench, openFunction } from '../../../support/trading/function-bench.ts';
import { barsReady, decision } from '../../../support/trading/messages.ts';
import { feeds } from '../../../support/database/feeds.ts';

const TRIES_MAX = 20;
const away = new RunnerError('RUNNER_UNREACHABLE', 'the runner is away', { retryable: true });

/** A runner that wants the same of every symbol, and fails as often as it is asked to before it answers. */
function fakeRunner(action: 0 | 1 | 2 = HOLD, failures: Error[] = []) {
  const requests: ActRequest[] = [];
  const runner: Runner = {
    async act(request) {
      requests.push(request);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return { policy: request.policy, actions: request.inputs.map(({ symbols }) => symbols.map(() => action)) };
    },
  };
  return { runner, requests };
}

function open(runner: Runner, config: Partial<RunConfig> = {}): Promise<FunctionBench> {
  return openFunction({ consumer: 'signal', create: () => createSignal({ runner }), config });
}

/** AAPL at a price that moves, MSFT quiet. */
function bars(minuteIndex: number): BarsReadyData['bars'] {
  const closeE4 = 1_000_000 + 700 * (minuteIndex % 7);
  const prices = { openE4: closeE4, highE4: closeE4 + 100, lowE4: closeE4 - 100, closeE4 };
  const bar = (symbol: string) => ({ symbol, present: true as const, ...prices, fillableVolume: 10_000, faults: 0 });
  return [bar('AAPL'), bar('MSFT')];
}

/** As ingest would have stored it before. */
async function store({ database }: FunctionBench, data: BarsReadyData): Promise<void> {
  const rows = data.bars.flatMap((bar): BarRow[] => {
    if (!bar.present) return [];
    const { symbol, openE4, highE4, lowE4, closeE4, fillableVolume, faults } = bar;
    return [{ symbol, openMs: data.openMs, openE4, highE4, lowE4, closeE4, volume: 12_345, fillableVolume, faults }];
  });
  await database.transaction(async (repositories) => {
    await repositories.bars.add(feeds(), rows);
    await repositories.execution.addFills('run-1', data.fills);
  });
}

async function play(
  bench: FunctionBench,
  minutes: number,
  overrides: (minute: number) => Partial<BarsReadyData> = () => ({}),
) {
  for (let minuteIndex = 0; minuteIndex < minutes; minuteIndex += 1) {
    const message = barsReady({ minuteIndex, bars: bars(minuteIndex), ...overrides(minuteIndex) });
    await store(bench, message.data);
    expect(await bench.deliver(message)).toBe(true);
  }
}

const lastSignal = (bench: FunctionBench): SignalData => bench.lastAnswer<SignalData>();

describe('a minute', () => {
  it('is put to the run’s policy with everything that a policy may know', async () => {
    const { runner, requests } = fakeRunner();
    const bench = await open(runner, { seed: 9, policy: 'random' });
    await play(bench, 3);
    expect(requests.at(-1)).toMatchObject({
      policy: 'random',
      featureSchemaHash: featureSchemaHash(2),
      inputs: [
        {
          session: SESSION.date,
          minuteIndex: 2,
          minutes: 390,
          seed: 9,
          symbols: ['AAPL', 'MSFT'],
          closesE4: [
            [1_000_000, 1_000_700, 1_001_400],
            [1_000_000, 1_000_700, 1_001_400],
          ],
          ready: false,
          positions: [0, 0],
        },
      ],
    });
  });

  it('gives a signal that its schema takes, with what it was decided on', async () => {
    const bench = await open(fakeRunner().runner);
    await play(bench, 1);
    const [answer] = bench.answers<SignalData>();
    expect(signalV1.schema.parse(answer)).toEqual(answer);
    expect(answer?.id).toBe('signal/run-1/20250103/0');
    expect(answer?.data.observation).toHaveLength(24);
  });

  it('sizes an entry at the collar price and leaves out what is not wanted', async () => {
    const buying = await open(fakeRunner(BUY).runner);
    await play(buying, 1);
    expect(lastSignal(buying).signals[0]).toMatchObject({ action: BUY, entryQuantity: 9, limitPriceE4: 1_002_000 });
    const selling = await open(fakeRunner(SELL).runner);
    await play(selling, 1);
    expect(lastSignal(selling).signals[0]).toMatchObject({ action: SELL, entryQuantity: 0, limitPriceE4: 0 });
  });

  it('with a missing bar carries the last mark and wants no entry there', async () => {
    const bench = await open(fakeRunner(BUY).runner);
    await play(bench, 2, (minute) =>
      minute === 1 ? { bars: [{ symbol: 'AAPL', present: false, faults: 3 }, bars(1)[1]!] } : {},
    );
    expect(lastSignal(bench).signals[0]).toMatchObject({
      present: false,
      markE4: 1_000_000,
      faults: 3,
      entryQuantity: 0,
      limitPriceE4: 0,
    });
  });

  it('knows positions from the fills that travel with it', async () => {
    const { runner, requests } = fakeRunner();
    const bench = await open(runner);
    await play(bench, 3, (minute) => (minute === 1 ? { fills: [fill({ minuteIndex: 1 })] } : {}));
    expect(requests.map(({ inputs }) => inputs[0]?.positions)).toEqual([
      [0, 0],
      [10, 0],
      [10, 0],
    ]);
    expect(lastSignal(bench).observation.slice(-2)).toEqual([10, 0]);
  });
});

describe('a runner that is away', () => {
  it('is asked again until it answers', async () => {
    const { runner, requests } = fakeRunner(BUY, [away, away, away]);
    const bench = await open(runner);
    await play(bench, 1);
    expect(requests).toHaveLength(4);
    expect(new Set(requests.map((request) => JSON.stringify(request))).size).toBe(1);
    expect(lastSignal(bench).signals[0]?.action).toBe(BUY);
    expect(bench.log.filter((line) => line.includes('asking again'))).toHaveLength(3);
  });

  it('for too long gives the message back, with nothing done', async () => {
    const { runner, requests } = fakeRunner(
      BUY,
      Array.from({ length: TRIES_MAX }, () => away),
    );
    const bench = await open(runner);
    const message = barsReady();
    expect(await bench.deliver(message)).toBe(false);
    expect(requests).toHaveLength(TRIES_MAX);
    expect(bench.answers()).toEqual([]);
    expect(bench.database.inbox.size).toBe(0);
    expect(await bench.deliver(message)).toBe(true);
  });

  it('is not asked again when it has refused for good', async () => {
    const refusal = new RunnerError('FEATURE_SCHEMA_MISMATCH', 'another version', { retryable: false });
    const { runner, requests } = fakeRunner(HOLD, [refusal]);
    const bench = await open(runner);
    expect(await bench.deliver(barsReady())).toBe(false);
    expect(requests).toHaveLength(1);
    expect(bench.log.join('\n')).toContain('another version');
  });

  it('nor when the fault is our own', async () => {
    const { runner, requests } = fakeRunner(HOLD, [new TypeError('a bug')]);
    const bench = await open(runner);
    expect(await bench.deliver(barsReady())).toBe(false);
    expect(requests).toHaveLength(1);
  });
});

describe('a restart', () => {
  const FILLS = new Map([
    [5, [fill({ minuteIndex: 5 })]],
    [20, [fill({ minuteIndex: 20, side: 'SELL', fillId: 'out', quantity: 4 })]],
  ]);
  const withFills = (minute: number): Partial<BarsReadyData> => ({ fills: FILLS.get(minute) ?? [] });
  const GAPS = (minute: number): Partial<BarsReadyData> =>
    minute === 30 ? { bars: [{ symbol: 'AAPL', present: false, faults: 0 }, bars(30)[1]!] } : withFills(minute);

  it('leaves closes, features and positions as they were', async () => {
    const undisturbed = await open(fakeRunner(BUY).runner);
    await play(undisturbed, 40, GAPS);
    const bench = await open(fakeRunner(BUY).runner);
    await play(bench, 40, (minute) => {
      if ([1, 5, 6, 21, 31, 39].includes(minute)) bench.restart();
      return GAPS(minute);
    });
    const signals = (of: FunctionBench) => of.answers<SignalData>().map(({ data }) => data);
    expect(signals(bench)).toEqual(signals(undisturbed));
    expect(lastSignal(bench).ready).toBe(true);
    expect(lastSignal(bench).observation.slice(-2)).toEqual([6, 0]);
  });

  it('in the next session begins with the closing cash and the usual volume of past sessions', async () => {
    const { runner, requests } = fakeRunner(BUY);
    const bench = await open(runner);
    await play(bench, 3);
    const account = new Account(2, 3_000_000).snapshot();
    const closing = accountRow({ cashE4: 3_000_000, closed: true, snapshot: JSON.stringify({ account }) });
    await bench.database.transaction(({ accounts }) => accounts.save(closing, [], null));
    const next = { session: NEXT_SESSION.date, openMs: NEXT_SESSION.openMs };
    await bench.deliver(barsReady({ ...next, bars: bars(0) }));
    expect(lastSignal(bench).signals[0]).toMatchObject({ action: BUY, entryQuantity: 2 });
    expect(requests.at(-1)?.inputs[0]).toMatchObject({
      session: NEXT_SESSION.date,
      closesE4: [[1_000_000], [1_000_000]],
    });
  });

  it('in the next session begins with what was carried over night, and sizes no entry on top of it', async () => {
    const { runner, requests } = fakeRunner(BUY);
    const bench = await open(runner);
    await play(bench, 1);
    const held = new Account(2, 25_000_000);
    held.applyFill(fill({ quantity: 4 }), 0);
    const closing = accountRow({ closed: true, snapshot: JSON.stringify({ account: held.snapshot() }) });
    await bench.database.transaction(({ accounts }) => accounts.save(closing, [], null));
    const next = { session: NEXT_SESSION.date, openMs: NEXT_SESSION.openMs };
    await bench.deliver(barsReady({ ...next, bars: bars(0) }));
    expect(requests.at(-1)?.inputs[0]?.positions).toEqual([4, 0]);
    expect(lastSignal(bench).signals[0]).toMatchObject({ action: BUY, entryQuantity: 0 });
  });

  it('reads the bars that its session was played on, and not others that are stored for the same minutes', async () => {
    const { runner, requests } = fakeRunner();
    const bench = await open(runner);
    await play(bench, 2);
    const strange: BarRow = { ...bench.database.tables.bars.all()[0]!.row, closeE4: 5, symbol: 'AAPL' };
    await bench.database.transaction((repositories) => repositories.bars.add(feeds('other'), [strange]));
    bench.restart();
    await bench.deliver(barsReady({ minuteIndex: 2, bars: bars(2) }));
    expect(requests.at(-1)?.inputs[0]?.closesE4[0]).toEqual([1_000_000, 1_000_700, 1_001_400]);
  });
});

describe('a commit that fails', () => {
  it('does not book the fills of its minute twice', async () => {
    const { runner, requests } = fakeRunner();
    const bench = await open(runner);
    await play(bench, 1);
    const message = barsReady({ minuteIndex: 1, bars: bars(1), fills: [fill({ minuteIndex: 1 })] });
    await store(bench, message.data);
    for (const at of ['commit', 'commit'] as const) {
      bench.database.failNext(new Error('the connection broke'), at);
      expect(await bench.deliver(message)).toBe(false);
    }
    expect(await bench.deliver(message)).toBe(true);
    expect(requests.at(-1)?.inputs[0]?.positions).toEqual([10, 0]);
  });
});

describe('a run that nobody recorded', () => {
  it('stops the message and is named', async () => {
    const bench = await open(fakeRunner().runner);
    expect(await bench.deliver({ ...barsReady(), runId: 'run-9' })).toBe(false);
    expect(bench.log.join('\n')).toContain('run run-9 is recorded before its first minute');
  });
});

describe('a minute decided while its copies were in quarantine', () => {
  /** Minutes 0 to 2, then minute 3 decided unseen though its bars and fills are stored, then minute 4. */
  async function around(options: { restart: boolean }) {
    const { runner, requests } = fakeRunner();
    const bench = await open(runner);
    await play(bench, 3);
    const missed = barsReady({ minuteIndex: 3, bars: bars(3), fills: [fill({ minuteIndex: 3 })] });
    await store(bench, missed.data);
    const { data } = decision({ minuteIndex: 3 });
    await bench.database.transaction(async ({ decisions, execution }) => {
      await decisions.add({ runId: 'run-1', cause: 'minute', decision: { ...data, eventMs: 1 }, signal: null });
      await execution.markDecided('run-1', SESSION.date, 3);
    });
    if (options.restart) bench.restart();
    const next = barsReady({ minuteIndex: 4, bars: bars(4) });
    await store(bench, next.data);
    expect(await bench.deliver(next)).toBe(true);
    return { bench, missed, input: requests.at(-1)!.inputs[0]! };
  }

  it.each([false, true])(
    'has no bars for the next one, though they are stored, and its fills count (restart: %s)',
    async (restart) => {
      const { input } = await around({ restart });
      expect(input.closesE4[0]).toEqual([0, 1, 2, 4].map((minuteIndex) => 1_000_000 + 700 * minuteIndex));
      expect(input.positions).toEqual([fill().quantity, 0]);
    },
  );

  it('is parked as late though memory stands right before it', async () => {
    const { runner, requests } = fakeRunner();
    const bench = await open(runner);
    await play(bench, 3);
    await bench.database.transaction(({ execution }) => execution.markDecided('run-1', SESSION.date, 3));
    expect(await bench.deliver(barsReady({ minuteIndex: 3, bars: bars(3) }))).toBe(true);
    expect(bench.database.quarantine).toMatchObject([{ reason: 'late', value: '20250103/3' }]);
    expect(requests).toHaveLength(3);
  });

  it('is parked as late when it comes after all', async () => {
    const { bench, missed } = await around({ restart: false });
    const answers = bench.answers().length;
    expect(await bench.deliver(missed)).toBe(true);
    expect(bench.database.quarantine).toMatchObject([{ reason: 'late', value: '20250103/3' }]);
    expect(bench.answers()).toHaveLength(answers);
  });
});

describe('a minute that contradicts its run', () => {
  it('is parked at once', async () => {
    const bench = await open(fakeRunner().runner);
    expect(await bench.deliver(barsReady({ bars: bars(0).slice(0, 1) }))).toBe(true);
    expect(bench.database.quarantine).toMatchObject([
      { reason: 'contradiction', field: 'data.symbols', value: 'AAPL' },
    ]);
  });
});
