/**
 * The lines of a month: what is bought, at which price, and how much of it.
 */

import { type Choices, GPU_NAMES, NETWORK_NAMES, PROFILES, type ProfileName } from './profiles.ts';
import {
  ALARMS_COUNT,
  databaseGb,
  functionCalls,
  functionGbSeconds,
  inferenceHours,
  keyCalls,
  logGb,
  queueRequests,
  scheduledCalls,
  SECRETS_COUNT,
  secretCalls,
  type CostInputs,
} from './inputs.ts';

export const GROUPS = [
  'GPU hours',
  'containers',
  'database',
  'network',
  'functions',
  'queues',
  'secrets',
  'logs',
  'storage',
  'workstation',
  'other',
] as const;
export type Group = (typeof GROUPS)[number];

export interface LineItem {
  readonly id: string;
  readonly group: Group;
  readonly label: string;
  readonly priceId: string;
  readonly unit: string;
  /** In units of the price; NaN where an assumption is not known. */
  readonly quantity: (world: CostInputs) => number;
}

type Line = readonly [id: string, label: string, priceId: string, unit: string, quantity: LineItem['quantity']];

export function lineItems(profile: ProfileName, choices: Choices): LineItem[] {
  const market = group('other', [
    ['market-data', 'market data of the broker', 'broker.market-data-month', 'month', once],
  ]);
  if (profile === 'workstation') return [...workstation(), ...market];
  return [
    ...gpu(choices),
    ...containers(),
    ...database(choices),
    ...network(choices),
    ...functions(),
    ...messaging(),
    ...secrets(),
    ...logs(),
    ...storage(),
    ...market,
    ...group('other', [['support', 'AWS support plan', 'aws.support-month', 'month', once]]),
  ];
}

/** Every price that some choice of a profile asks for. */
export function priceIdsOf(profile: ProfileName): string[] {
  const defaults = PROFILES[profile];
  const lines = GPU_NAMES.flatMap((name) =>
    NETWORK_NAMES.flatMap((kind) =>
      [false, true].flatMap((multiAz) => lineItems(profile, { ...defaults, gpu: name, network: kind, multiAz })),
    ),
  );
  return [...new Set(lines.map(({ priceId }) => priceId))];
}

function workstation(): LineItem[] {
  return group('workstation', [
    ['power', 'electricity', 'power.kwh', 'kWh', ({ month, a }) => (month.hours * a('watts')) / 1_000],
    ['hardware', 'the machine, by its monthly share', 'hardware.month', 'month', once],
    ['line', 'internet line', 'line.month', 'month', once],
  ]);
}

function gpu({ gpu: name }: Choices): LineItem[] {
  if (name === 'none') return [];
  const priceId = `ec2.${name.replace('.', '-')}-hour`;
  return group('GPU hours', [
    ['gpu-inference', `inference, ${name} on demand`, priceId, 'hour', inferenceHours],
    [
      'gpu-training',
      `training, ${name} spot, in hours on demand`,
      priceId,
      'hour',
      ({ a }) => a('training-hours') * a('spot-factor'),
    ],
    ['gpu-disk', 'disks of the GPU instances', 'ebs.gp3-gb-month', 'GB-month', diskGbMonths],
  ]);
}

function containers(): LineItem[] {
  return group('containers', [
    ['gateway-cpu', 'gateway and IB Gateway, CPU', 'fargate.x86-vcpu-hour', 'vCPU-hour', hourly('gateway-vcpu')],
    ['gateway-memory', 'gateway and IB Gateway, memory', 'fargate.x86-gb-hour', 'GB-hour', hourly('gateway-memory-gb')],
  ]);
}

function database({ multiAz }: Choices): LineItem[] {
  const instance = multiAz ? 'rds.t4g-medium-multi-az-hour' : 'rds.t4g-medium-hour';
  const label = `RDS db.t4g.medium, ${multiAz ? 'Multi-AZ' : 'one zone'}`;
  return group('database', [
    ['database-instance', label, instance, 'hour', ({ month }) => month.hours],
    ['database-storage', 'storage of every copy', 'rds.gp3-gb-month', 'GB-month', databaseGb],
    ['database-backups', 'backups beyond the free size', 'rds.backup-gb-month', 'GB-month', ({ a }) => a('backup-gb')],
  ]);
}

function network({ network: kind }: Choices): LineItem[] {
  return group('network', [
    ...(kind === 'nat' ? NAT : ENDPOINTS),
    ['internet', 'traffic to the internet', 'transfer.internet-gb', 'GB', ({ a }) => a('internet-gb')],
    [
      'cross-zone',
      'traffic between zones, both ways',
      'transfer.cross-zone-gb',
      'GB',
      ({ a }) => 2 * a('cross-zone-gb'),
    ],
  ]);
}

const NAT: readonly Line[] = [
  ['nat', 'NAT gateway', 'vpc.nat-hour', 'hour', hourly('nat-gateways')],
  ['nat-traffic', 'NAT gateway, traffic', 'vpc.nat-gb', 'GB', ({ a }) => a('service-gb')],
  ['addresses', 'public addresses of the NAT gateways', 'vpc.public-ipv4-hour', 'hour', hourly('nat-gateways')],
];

/** The broker is on the internet either way, so the gateway then has an address of its own. */
const ENDPOINTS: readonly Line[] = [
  [
    'endpoints',
    'interface endpoints',
    'vpc.endpoint-hour',
    'hour',
    ({ month, a }) => month.hours * a('zones') * a('interface-endpoints'),
  ],
  ['endpoint-traffic', 'interface endpoints, traffic', 'vpc.endpoint-gb', 'GB', ({ a }) => a('service-gb')],
  ['addresses', 'public address of the gateway', 'vpc.public-ipv4-hour', 'hour', ({ month }) => month.hours],
];

function functions(): LineItem[] {
  return group('functions', [
    ['function-calls', 'calls', 'lambda.million-requests', 'million requests', (world) => functionCalls(world) / 1e6],
    ['function-time', 'duration', 'lambda.arm64-gb-second', 'GB-second', functionGbSeconds],
    [
      'schedules',
      'schedules',
      'scheduler.million-invocations',
      'million invocations',
      (world) => scheduledCalls(world) / 1e6,
    ],
  ]);
}

function messaging(): LineItem[] {
  return group('queues', [
    [
      'queue-requests',
      'requests, polls that find nothing included',
      'sqs.fifo-million-requests',
      'million requests',
      (world) => queueRequests(world) / 1e6,
    ],
  ]);
}

function secrets(): LineItem[] {
  return group('secrets', [
    ['secrets', 'secrets', 'secrets.secret-month', 'secret-month', () => SECRETS_COUNT],
    ['secret-calls', 'calls', 'secrets.10k-calls', '10,000 calls', (world) => secretCalls(world) / 1e4],
    ['keys', 'keys', 'kms.key-month', 'key-month', ({ a }) => a('kms-keys')],
    ['key-calls', 'calls of keys', 'kms.10k-requests', '10,000 requests', (world) => keyCalls(world) / 1e4],
  ]);
}

function logs(): LineItem[] {
  return group('logs', [
    ['logs', 'logs taken in', 'cloudwatch.logs-gb', 'GB', logGb],
    [
      'logs-kept',
      'logs kept',
      'cloudwatch.logs-stored-gb-month',
      'GB-month',
      (world) => logGb(world) * world.a('log-retention-months'),
    ],
    ['alarms', 'alarms', 'cloudwatch.alarm-month', 'alarm-month', ({ a }) => ALARMS_COUNT + a('other-alarms')],
    ['dashboards', 'dashboards', 'cloudwatch.dashboard-month', 'dashboard-month', ({ a }) => a('dashboards')],
    ['insights', 'Container Insights', 'cloudwatch.insights-month', 'month', once],
    ['metrics', 'metrics of our own', 'cloudwatch.metric-month', 'metric-month', ({ a }) => a('custom-metrics')],
  ]);
}

function storage(): LineItem[] {
  return group('storage', [
    ['images', 'container images', 'ecr.gb-month', 'GB-month', ({ a }) => a('image-gb')],
    ['journal', 'journal of the gateway in EFS', 'efs.gb-month', 'GB-month', ({ a }) => a('journal-gb')],
    ['objects', 'models, exports and flow logs in S3', 's3.gb-month', 'GB-month', ({ a }) => a('object-gb')],
  ]);
}

function diskGbMonths(world: CostInputs): number {
  const { month, a } = world;
  return ((inferenceHours(world) + a('training-hours')) / month.hours) * a('gpu-disk-gb');
}

function hourly(name: Parameters<CostInputs['a']>[0]): LineItem['quantity'] {
  return ({ month, a }) => month.hours * a(name);
}

function once(): number {
  return 1;
}

function group(name: Group, lines: readonly Line[]): LineItem[] {
  return lines.map(([id, label, priceId, unit, quantity]) => ({ id, group: name, label, priceId, unit, quantity }));
}
