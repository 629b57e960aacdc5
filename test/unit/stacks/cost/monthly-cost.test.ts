/**
 * A month against the arithmetic of an oracle and of a few lines by hand; what is not known is never counted as nothing.
 */

import { describe, expect, it } from 'vitest';
import { type AssumptionName, ASSUMPTION_NAMES } from '../../../../stacks/cost/assumptions.ts';
import { type CostOptions, monthlyCost } from '../../../../stacks/cost/monthly-cost.ts';
import { type Choices, PROFILE_NAMES, type ProfileName } from '../../../../stacks/cost/profiles.ts';
import { type CostReport, costReportSchema } from '../../../../stacks/cost/report.ts';
import { notCounted, queueTraffic, runsPerDay } from '../../../../stacks/cost/traffic.ts';
import { topology } from '../../../../shared/topology.ts';
import { readFixture } from '../../../support/core/oracles.ts';

interface OracleCase {
  readonly profile: ProfileName;
  readonly month: string;
  readonly choices: Choices;
  readonly runnerHours: number | null;
  readonly assumptions: Readonly<Partial<Record<AssumptionName, number>>>;
  readonly sessionMinutes: number;
  readonly usdMicro: Readonly<Record<string, number>>;
  readonly unpriced: readonly string[];
  readonly totalUsdMicro: number;
}

const oracle = readFixture<{ topology: unknown; cases: readonly OracleCase[] }>('costs');
const NOW_MS = Date.parse('2026-11-28');
const DECEMBER = { nowMs: NOW_MS, month: '2026-12' } as const;
/** For lines counted by hand, whatever is recorded. */
const PRICES = {
  'rds.t4g-medium-hour': 0.065,
  'ec2.g6-xlarge-hour': 0.8048,
  'rds.gp3-gb-month': 0.115,
  'secrets.secret-month': 0.4,
};

describe('a month', () => {
  it.each(oracle.cases.map((each) => [each.profile, each.month, each] as const))(
    'of %s in %s is to the millionth of a dollar what the oracle says',
    (_profile, _month, asked) => {
      const report = askedOf(asked);
      expect(Object.fromEntries(report.items.map(({ id, usdMicro }) => [id, usdMicro.mid]))).toEqual(asked.usdMicro);
      expect(report.unpriced.map(({ id }) => id).toSorted()).toEqual(asked.unpriced);
      expect(report.totalUsdMicro?.mid).toBe(asked.totalUsdMicro);
      expect(report.month.sessionMinutes).toBe(asked.sessionMinutes);
    },
  );

  it('counts what the oracle counts: queues and messages, functions, schedules', () => {
    const { functions, schedules, secretCacheMs } = topology();
    expect({
      queues: queueTraffic().map(({ queue, isFunction, messagesPerMinute }) => [queue, isFunction, messagesPerMinute]),
      functions: Object.values(functions).map(({ name, memoryMb, reads }) => [name, memoryMb, reads.length]),
      schedules: schedules.map((schedule) => [schedule.task, schedule.function, runsPerDay(schedule)]),
      secretCacheMs,
    }).toEqual(oracle.topology);
  });

  it('counts everything of the topology, and names what it cannot count', () => {
    expect(notCounted()).toEqual([]);
    const table = topology();
    const minutes = { ...table.queues.minutes, events: ['minute.v2', 'quote.v7'] };
    const [sweep] = table.schedules;
    const schedules = [...table.schedules, { ...sweep!, task: 'moon', expression: 'at(2027-01-01T00:00:00)' }];
    expect(notCounted({ ...table, schedules, queues: { ...table.queues, minutes } })).toEqual([
      'messages quote.v7',
      'schedule moon, at(2027-01-01T00:00:00)',
    ]);
  });

  it.each<[expression: string, runs: number | null]>([
    ['rate(1 minute)', 1_440],
    ['rate(5 minutes)', 288],
    ['rate(12 hours)', 2],
    ['rate(2 days)', 0.5],
    ['cron(30 7 * * ? *)', 1],
    ['cron(0 8 ? * * *)', 1],
    ['cron(0 8 ? * SUN *)', 1 / 7],
    ['cron(0/5 8 ? * SUN *)', null],
    ['cron(0 8 1 * ? *)', null],
    ['rate(0 minutes)', null],
  ])('counts %s as %s runs a day', (expression, runs) => {
    expect(runsPerDay({ expression })).toBe(runs);
  });

  it.each<[id: string, options: Partial<CostOptions>, usdMicro: number]>([
    // 744 hours x 0.065
    ['database-instance', {}, 48_360_000],
    // 22 sessions with 8,400 minutes are 140 h, and 22 x 0.5 h of warm-up: 151 h x 0.8048
    ['gpu-inference', {}, 121_524_800],
    ['gpu-inference', { runnerHours: 10 }, 8_048_000],
    // (50 + 2 x 0.1) GB in two copies x 0.115
    ['database-storage', { multiAz: true }, 11_546_000],
    // 8 of the topology and the one of RDS x 0.40
    ['secrets', {}, 3_600_000],
    // 4 h x 0.45 x 0.8048
    ['gpu-training', {}, 1_448_640],
  ])('has a line %s with %j of %d millionths, as counted by hand', (id, options, usdMicro) => {
    expect(itemOf(monthlyCost('paper', { ...DECEMBER, prices: PRICES, ...options }), id).usdMicro.mid).toBe(usdMicro);
  });

  it('bills a message by 64 KB: one KB more is a request more for send and for receive', () => {
    const requests = (kb: number): number => {
      const assume = { 'message-kb': same(kb), 'message-kb-per-symbol': same(0), 'retry-factor': same(1) };
      return itemOf(monthlyCost('paper', { ...DECEMBER, assume }), 'queue-requests').quantity.mid * 1e6;
    };
    // 6 messages a minute for 8,400 minutes.
    expect(Math.round(requests(65) - requests(64))).toBe(2 * 6 * 8_400);
  });

  it('pays for polls that find nothing on nights and weekends: one poller of three queues is 401,760 requests', () => {
    const requests = (pollers: number): number => {
      const assume = { 'pollers-per-queue': same(pollers) };
      return itemOf(monthlyCost('paper', { ...DECEMBER, assume }), 'queue-requests').quantity.mid * 1e6;
    };
    expect(Math.round(requests(2) - requests(1))).toBe(3 * 3 * 60 * 744);
  });

  it.each(PROFILE_NAMES)('of %s keeps to the schema of its JSON', (profile) => {
    const report = monthlyCost(profile, DECEMBER);
    expect(costReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('is the current month unless told otherwise', () => {
    expect(monthlyCost('paper', { nowMs: NOW_MS }).month.name).toBe('2026-11');
  });
});

describe('what is not known', () => {
  it('leaves the workstation without a sum, and says what would give one', () => {
    const report = monthlyCost('workstation', DECEMBER);
    expect(report.totalUsdMicro).toBeNull();
    expect(report.items).toEqual([]);
    expect(report.unpriced.map(({ id, reason }) => [id, reason])).toEqual([
      ['power', 'watts is not known; no verified rate'],
      ['hardware', 'no verified rate'],
      ['line', 'no verified rate'],
      ['market-data', 'no verified rate'],
    ]);
  });

  it('is counted once it is given: 180 W for 744 h at 0.30', () => {
    const given = { assume: { watts: same(180) }, prices: { 'power.kwh': 0.3 } };
    const report = monthlyCost('workstation', { ...DECEMBER, ...given });
    expect(report.totalUsdMicro).toEqual({ low: 40_176_000, mid: 40_176_000, high: 40_176_000 });
    expect(itemOf(report, 'power').price).toMatchObject({ quality: 'given', capturedOn: '2026-11-28', isStale: false });
    expect(report.unpriced.map(({ id }) => id)).toEqual(['hardware', 'line', 'market-data']);
  });

  it('leaves a region without recorded prices without a sum, and says where there are some', () => {
    const report = monthlyCost('paper', { ...DECEMBER, region: 'eu-central-1' });
    expect(report.totalUsdMicro).toBeNull();
    expect(report.networkUsdMicro).toBeNull();
    expect(report.unpriced.find(({ id }) => id === 'nat')?.reason).toBe('no rate in eu-central-1, only in us-east-1');
  });

  it('stays out of the sum, item by item', () => {
    const [without, given] = [{}, { prices: { 's3.gb-month': 0.02 } }].map((more) =>
      monthlyCost('paper', { ...DECEMBER, ...more }),
    );
    expect(without?.unpriced.map(({ id }) => id)).toContain('objects');
    expect(given?.unpriced.map(({ id }) => id)).not.toContain('objects');
    // 5 GB x 0.02
    expect(given!.totalUsdMicro!.mid - without!.totalUsdMicro!.mid).toBe(100_000);
  });
});

describe('sensitivity', () => {
  it('moves the three largest, by their own range where they have one', () => {
    const prices = { 'rds.t4g-medium-hour': 0.065, 'vpc.nat-hour': 0.045 };
    const report = monthlyCost('paper', { ...DECEMBER, prices });
    const { mid } = report.totalUsdMicro!;
    const gpu = itemOf(report, 'gpu-inference').usdMicro;
    expect(report.sensitivity).toEqual([
      {
        id: 'gpu-inference',
        label: 'inference, g6.xlarge on demand',
        by: 'own range',
        totalUsdMicro: { low: mid - gpu.mid + gpu.low, high: mid - gpu.mid + gpu.high },
      },
      {
        id: 'database-instance',
        label: 'RDS db.t4g.medium, one zone',
        by: '±50 %',
        totalUsdMicro: { low: mid - 24_180_000, high: mid + 24_180_000 },
      },
      {
        id: 'nat',
        label: 'NAT gateway',
        by: '±50 %',
        totalUsdMicro: { low: mid - 16_740_000, high: mid + 16_740_000 },
      },
    ]);
  });
});

describe('the network', () => {
  it('is shown either way, and the one chosen is the one in the items', () => {
    for (const network of ['nat', 'endpoints'] as const) {
      const report = monthlyCost('growth', { ...DECEMBER, network });
      const chosen = report.items
        .filter(({ group }) => group === 'network')
        .reduce((sum, item) => sum + item.usdMicro.mid, 0);
      expect(report.networkUsdMicro?.[network].mid).toBe(chosen);
    }
  });
});

describe('an option that makes no sense', () => {
  it.each<[string, Partial<CostOptions>, RegExp]>([
    ['an invalid month', { month: '2026-13' }, /month '2026-13' is not of the form YYYY-MM/],
    ['a month outside the calendar', { month: '2031-01' }, /outside the exchange calendar, which covers 2010 to 2028/],
    ['more hours than the month has', { month: '2026-02', runnerHours: 700 }, /2026-02 has 672; give 0 to 672/],
    [
      'an assumption nobody made',
      { assume: { moon: same(1) } as object },
      /there is no assumption 'moon'; there are: watts/,
    ],
    [
      'an assumption beyond its limit',
      { assume: { 'spot-factor': same(1.5) } },
      /spot-factor: 1.5:1.5:1.5 is not rising within 0 and 1/,
    ],
    ['a range upside down', { assume: { zones: { low: 3, mid: 2, high: 4 } } }, /zones: 3:2:4 is not rising/],
    ['an assumption that is not a number', { assume: { zones: same(Number.NaN) } }, /zones: NaN/],
    [
      'a price nobody pays',
      { prices: { 'moon.gb': 1 } },
      /profile paper has no price 'moon.gb'; it has: ec2.g4dn-xlarge-hour/,
    ],
    ['a price of nothing', { prices: { 'vpc.nat-hour': 0 } }, /price vpc.nat-hour: 0 is not above 0/],
  ])('is refused: %s', (_what, options, message) => {
    expect(() => monthlyCost('paper', { ...DECEMBER, ...options })).toThrow(message);
    expect(() => monthlyCost('paper', { ...DECEMBER, ...options })).toThrow(RangeError);
  });
});

function askedOf({ profile, month, choices, runnerHours, assumptions }: OracleCase): CostReport {
  const stated = ASSUMPTION_NAMES.filter((name) => assumptions[name] !== undefined);
  return monthlyCost(profile, {
    ...choices,
    nowMs: NOW_MS,
    month,
    assume: Object.fromEntries(stated.map((name) => [name, same(assumptions[name]!)])),
    ...(runnerHours === null ? {} : { runnerHours }),
  });
}

function itemOf(report: CostReport, id: string): CostReport['items'][number] {
  const item = report.items.find((each) => each.id === id);
  if (item === undefined) throw new Error(`no item ${id}`);
  return item;
}

function same(value: number): { low: number; mid: number; high: number } {
  return { low: value, mid: value, high: value };
}
