/**
 * Every assumption of the cost model, by profile: low, mid and high of what cannot be derived, and why.
 *
 * A larger value never makes a month cheaper, so the lows of all of them are the low month. Null means that nobody
 * knows until somebody says so.
 */

import type { ProfileName } from './profiles.ts';
import type { Range } from './range.ts';

type Triple = readonly [low: number, mid: number, high: number];

export interface Assumption {
  readonly unit: string;
  readonly max: number;
  readonly why: string;
  readonly paper: Triple | null;
  /** Where it differs from paper. */
  readonly growth?: Triple;
}

const exactly = (value: number): Triple => [value, value, value];

export const ASSUMPTIONS = {
  watts: {
    unit: 'W',
    max: 5_000,
    why: 'nobody measured the machine; a meter at the wall socket says it',
    paper: null,
  },
  'runner-warmup-hours': {
    unit: 'hours a session',
    max: 17,
    why: 'a GPU instance starts before the open and drains after the close; scaling from zero takes minutes',
    paper: [0.25, 0.5, 1],
  },
  runners: {
    unit: 'instances',
    max: 100,
    why: 'one serves every symbol; a second only when its queue grows old',
    paper: exactly(1),
    growth: [1, 1, 2],
  },
  'training-hours': {
    unit: 'GPU hours a month',
    max: 10_000,
    why: 'a judgement: baselines of 10,000 steps take seconds, sweeps of messages on a jobs queue take days',
    paper: [0, 4, 20],
    growth: [20, 60, 160],
  },
  'spot-factor': {
    unit: 'of the price on demand',
    max: 1,
    why: 'AWS says up to 90 % off, no rate was measured; training may be interrupted, the live runner may not',
    paper: [0.3, 0.45, 0.6],
  },
  'gpu-disk-gb': { unit: 'GB an instance', max: 16_384, why: 'system, CUDA image and models', paper: [60, 100, 150] },
  'gateway-vcpu': { unit: 'vCPU', max: 16, why: 'as the stack asks for gateway and IB Gateway', paper: exactly(1) },
  'gateway-memory-gb': { unit: 'GB', max: 120, why: 'as the stack asks for both', paper: exactly(3) },
  'database-gb': {
    unit: 'GB',
    max: 4_000,
    why: '50 as the stack asks; it may grow by itself to 200',
    paper: [50, 50, 100],
  },
  'database-gb-per-symbol': {
    unit: 'GB a symbol',
    max: 1_000,
    why: 'minutes, decisions, orders and audit of a year or two',
    paper: [0.05, 0.1, 0.3],
  },
  'backup-gb': {
    unit: 'GB beyond the database',
    max: 65_536,
    why: 'as much as the database is free; manual snapshots come on top',
    paper: [0, 0, 20],
  },
  'nat-gateways': { unit: 'gateways', max: 6, why: 'one for both zones, as the stack has it', paper: exactly(1) },
  zones: { unit: 'zones', max: 6, why: 'interface endpoints are in each', paper: exactly(2) },
  'service-gb': {
    unit: 'GB a month',
    max: 100_000,
    why: 'calls of AWS services, images pulled, market data in',
    paper: [5, 10, 50],
    growth: [20, 50, 200],
  },
  'interface-endpoints': {
    unit: 'endpoints',
    max: 50,
    why: 'as the stack has them: queues, secrets, logs, images twice, containers three times',
    paper: exactly(8),
  },
  'internet-gb': { unit: 'GB a month', max: 100_000, why: 'page, orders and exports leaving AWS', paper: [1, 3, 10] },
  'cross-zone-gb': {
    unit: 'GB a month, each direction',
    max: 100_000,
    why: 'functions and database in different zones',
    paper: [0, 0, 1],
    growth: [0, 2, 20],
  },
  'retry-factor': {
    unit: 'deliveries a message',
    max: 10,
    why: 'at least once is more than once',
    paper: [1, 1.02, 1.1],
  },
  'message-kb': { unit: 'KB', max: 256, why: 'envelope, from the stored samples', paper: [0.5, 0.5, 1] },
  'message-kb-per-symbol': {
    unit: 'KB a symbol',
    max: 256,
    why: 'from the stored samples of minute, signal and decision: 0.3 to 0.7',
    paper: [0.3, 0.6, 1],
  },
  'pollers-per-queue': {
    unit: 'pollers',
    max: 1_000,
    why: 'Lambda keeps five, at best two (AWS Lambda guide, services-sqs-scaling, for standard queues); each asks again after 20 s, day and night',
    paper: [2, 5, 5],
  },
  'function-ms': {
    unit: 'ms a call',
    max: 10_000,
    why: 'warm: 60 probed on MiniStack, 120 is the budget, 300 that of a cold start',
    paper: [60, 120, 300],
  },
  'function-ms-per-symbol': { unit: 'ms a symbol', max: 20, why: 'a judgement, not measured', paper: [0.5, 1, 3] },
  'cold-starts': {
    unit: 'a function and day',
    max: 10_000,
    why: 'INIT is billed since August 2025',
    paper: [2, 10, 50],
  },
  'init-ms': { unit: 'ms', max: 60_000, why: '165 probed, 300 is the budget', paper: [165, 300, 600] },
  'planned-runs': {
    unit: 'a day',
    max: 10_000,
    why: 'daily load, nightly backtest, close report and trigger check, which the topology does not have yet',
    paper: [0, 4, 8],
  },
  'planned-seconds': {
    unit: 's a run',
    max: 900,
    why: 'a judgement; 900 is the most that Lambda allows',
    paper: [5, 20, 60],
  },
  'page-viewers': {
    unit: 'people',
    max: 50,
    why: 'who look at the page while the market is open',
    paper: [0, 1, 3],
  },
  'page-polls': { unit: 'a minute', max: 60, why: 'a function cannot push, so the page asks', paper: [6, 12, 12] },
  'secret-refresh': {
    unit: 'reads each time a cached secret is old',
    max: 1,
    why: 'how often that happens follows from the topology; low: half of them are not asked for again',
    paper: [0.5, 1, 1],
  },
  'kms-keys': {
    unit: 'keys',
    max: 1_000,
    why: 'as the stacks have them; a yearly rotation adds one to each',
    paper: [5, 5, 10],
  },
  'kms-calls-per-queue-hour': {
    unit: 'calls',
    max: 100_000,
    why: 'a data key lives 300 s: 12 an hour for the consumer and twice 12 for the producer; 60 s gives 180',
    paper: [12, 36, 180],
  },
  'log-kb': { unit: 'KB a call', max: 1_000, why: 'one line of ours and three of Lambda', paper: [0.5, 1, 3] },
  'resident-log-mb': { unit: 'MB an hour', max: 10_000, why: 'gateway, runner and IB Gateway', paper: [0.5, 2, 10] },
  'log-retention-months': { unit: 'months', max: 120, why: 'a year, as stage paper keeps them', paper: exactly(12) },
  'other-alarms': {
    unit: 'alarms',
    max: 1_000,
    why: 'database, gateway and budget, beside those of queues, functions and schedules',
    paper: [4, 6, 12],
  },
  dashboards: { unit: 'dashboards', max: 100, why: 'one for a stage', paper: exactly(1) },
  'custom-metrics': { unit: 'metrics', max: 10_000, why: 'latency by stage, equity, drawdown', paper: [0, 10, 30] },
  'image-gb': { unit: 'GB', max: 10_000, why: 'three images, up to 20 versions of each kept', paper: [1, 5, 40] },
  'journal-gb': { unit: 'GB', max: 100_000, why: 'minutes as they came', paper: [1, 3, 10] },
  'object-gb': { unit: 'GB', max: 1_000_000, why: 'models, exports, flow logs', paper: [1, 5, 20] },
} as const satisfies Readonly<Record<string, Assumption>>;

export type AssumptionName = keyof typeof ASSUMPTIONS;
export const ASSUMPTION_NAMES = Object.keys(ASSUMPTIONS) as AssumptionName[];

export function assumptionOf(name: AssumptionName): Assumption {
  return ASSUMPTIONS[name];
}

/** Null where it is unknown until somebody says. */
export function assumedRange(name: AssumptionName, profile: ProfileName): Range | null {
  const { paper, growth } = assumptionOf(name);
  const triple = profile === 'growth' ? (growth ?? paper) : paper;
  return triple === null ? null : { low: triple[0], mid: triple[1], high: triple[2] };
}
