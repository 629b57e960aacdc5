/**
 * The one table of queues, consumers, timeouts, batch sizes, retries and secrets: stacks and hosts are both built from
 * it.
 *
 * A stage scales times only; the crash tests use short ones so that a redelivery does not take minutes.
 */

/** `short` is for tests on an emulator, where functions are timed in whole seconds. */
export const STAGES = ['default', 'fast-redelivery', 'short'] as const;
export type StageName = (typeof STAGES)[number];

export const QUEUE_NAMES = ['minutes', 'bars-ready', 'signals', 'orders'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

export const CONSUMERS = ['ingest', 'signal', 'risk', 'gateway'] as const;
export type ConsumerName = (typeof CONSUMERS)[number];

/** The name a command line and a stack use; the value says what the secret is called. */
export const SECRET_KEYS = [
  'databaseAdmin',
  'databaseOwner',
  'databaseApp',
  'databaseReader',
  'pageToken',
  'runnerToken',
  'encryptionKeys',
  'brokerApiKey',
] as const;
export type SecretKey = (typeof SECRET_KEYS)[number];

export interface SecretSpec {
  readonly name: string;
  /** How it is rotated; the value itself says the same. */
  readonly kind: 'database_admin' | 'database_password' | 'service_token' | 'encryption_keys' | 'broker_api_key';
}

export const SECRETS: Readonly<Record<SecretKey, SecretSpec>> = {
  databaseAdmin: { name: 'jules/database/admin', kind: 'database_admin' },
  databaseOwner: { name: 'jules/database/owner', kind: 'database_password' },
  databaseApp: { name: 'jules/database/app', kind: 'database_password' },
  databaseReader: { name: 'jules/database/reader', kind: 'database_password' },
  pageToken: { name: 'jules/page/token', kind: 'service_token' },
  runnerToken: { name: 'jules/runner/token', kind: 'service_token' },
  encryptionKeys: { name: 'jules/encryption-keys', kind: 'encryption_keys' },
  brokerApiKey: { name: 'jules/broker/api-key', kind: 'broker_api_key' },
};

/** UTC on Sunday, never in market hours. */
export const ROTATION_SCHEDULE = { expression: 'cron(0 8 ? * SUN *)', duration: '6h' } as const;

/** What runs as a function; the folder of each is functions/NAME. */
export const FUNCTION_NAMES = ['ingest', 'signal', 'risk', 'report', 'rotate-secrets', 'upkeep'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export interface FunctionSpec {
  readonly name: FunctionName;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** At most so many at once, of all runs together. */
  readonly concurrencyMax: number;
  /** Connections to the database that each of them may open. */
  readonly connectionsMax: number;
  readonly sendsTo: readonly QueueName[];
  /** Secrets it reads. */
  readonly reads: readonly SecretKey[];
}

/** What an event rule calls a function with, and when; UTC. */
export interface ScheduleSpec {
  readonly function: FunctionName;
  readonly task: string;
  readonly expression: string;
  /** Later than this after the last time, somebody has to look. */
  readonly overdueMs: number;
}

/** The database is made for this many; an operator and the server's own processes need some of them. */
export const DATABASE_CONNECTIONS = { max: 100, reserved: 20, gateway: 5 } as const;

export interface QueueSpec {
  readonly name: QueueName;
  readonly queueName: string;
  readonly deadLetterName: string;
  readonly consumer: ConsumerName;
  readonly events: readonly string[];
  /** The longest one invocation may take. */
  readonly functionTimeoutMs: number;
  readonly visibilityTimeoutMs: number;
  /** Messages of one group in flight: one, since some endpoints do not lock a group after a partial delete. */
  readonly batchSize: number;
  readonly maxReceiveCount: number;
  readonly retentionMs: number;
  readonly deadLetterRetentionMs: number;
  readonly messageBytesMax: number;
}

export interface Topology {
  readonly stage: StageName;
  readonly queues: Readonly<Record<QueueName, QueueSpec>>;
  readonly functions: Readonly<Record<FunctionName, FunctionSpec>>;
  readonly schedules: readonly ScheduleSpec[];
  readonly sweepIntervalMs: number;
  readonly pulseIntervalMs: number;
  /** How old a secret may be before it is asked for again. */
  readonly secretCacheMs: number;
  /** How long the previous token is accepted at least. */
  readonly tokenOverlapMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 86_400 * SECOND_MS;
const MESSAGE_BYTES_MAX = 256 * 1024;

const FLOW: readonly { name: QueueName; consumer: ConsumerName; events: readonly string[] }[] = [
  { name: 'minutes', consumer: 'ingest', events: ['minute.v2'] },
  { name: 'bars-ready', consumer: 'signal', events: ['bars-ready.v1'] },
  { name: 'signals', consumer: 'risk', events: ['signal.v1', 'parked.v1', 'pulse.v1', 'command.v2'] },
  { name: 'orders', consumer: 'gateway', events: ['decision.v2'] },
];

/** Memory buys processor time: 1,769 MB are one core. One connection works; one may still be cut off. */
const COMMON = { memoryMb: 512, concurrencyMax: 2, connectionsMax: 2 } as const;

const FUNCTIONS: readonly Omit<FunctionSpec, 'timeoutMs'>[] = [
  { ...COMMON, name: 'ingest', sendsTo: ['bars-ready'], reads: ['databaseApp'] },
  { ...COMMON, name: 'signal', sendsTo: ['signals'], reads: ['databaseApp', 'runnerToken'] },
  { ...COMMON, name: 'risk', sendsTo: ['orders'], reads: ['databaseApp'] },
  { ...COMMON, name: 'report', concurrencyMax: 4, sendsTo: ['signals'], reads: ['databaseReader', 'pageToken'] },
  { ...COMMON, name: 'rotate-secrets', connectionsMax: 1, sendsTo: [], reads: ['databaseAdmin'] },
  { ...COMMON, name: 'upkeep', sendsTo: QUEUE_NAMES, reads: ['databaseApp'] },
];

const SCHEDULES: readonly ScheduleSpec[] = [
  { function: 'upkeep', task: 'sweep', expression: 'rate(1 minute)', overdueMs: 5 * MINUTE_MS },
  { function: 'upkeep', task: 'maintain', expression: 'cron(30 7 * * ? *)', overdueMs: DAY_MS },
];

interface Times {
  readonly functionTimeoutMs: number;
  readonly sweepIntervalMs: number;
  readonly secretCacheMs: number;
  readonly tokenOverlapMs: number;
}

const SLOW_SECRETS = { secretCacheMs: 60 * SECOND_MS, tokenOverlapMs: 300 * SECOND_MS };
const FAST_SECRETS = { secretCacheMs: 2 * SECOND_MS, tokenOverlapMs: 10 * SECOND_MS };

const TIMES: Readonly<Record<StageName, Times>> = {
  default: { functionTimeoutMs: 10 * SECOND_MS, sweepIntervalMs: 2 * SECOND_MS, ...SLOW_SECRETS },
  'fast-redelivery': { functionTimeoutMs: 500, sweepIntervalMs: 250, ...FAST_SECRETS },
  short: { functionTimeoutMs: 2 * SECOND_MS, sweepIntervalMs: 2 * SECOND_MS, ...FAST_SECRETS },
};

export function topology(stage: StageName = 'default'): Topology {
  const times = TIMES[stage];
  const { functionTimeoutMs } = times;
  const queues = Object.fromEntries(FLOW.map((flow) => [flow.name, queueSpec(flow, functionTimeoutMs)]));
  const functions = Object.fromEntries(FUNCTIONS.map((spec) => [spec.name, functionSpec(spec, functionTimeoutMs)]));
  const table: Topology = {
    stage,
    queues: queues as Record<QueueName, QueueSpec>,
    functions: functions as Record<FunctionName, FunctionSpec>,
    schedules: SCHEDULES,
    sweepIntervalMs: times.sweepIntervalMs,
    pulseIntervalMs: 30 * SECOND_MS,
    secretCacheMs: times.secretCacheMs,
    tokenOverlapMs: times.tokenOverlapMs,
  };
  assertRelations(table);
  return table;
}

/** What no queue waits for may take its time. */
function functionSpec(spec: Omit<FunctionSpec, 'timeoutMs'>, functionTimeoutMs: number): FunctionSpec {
  const isQueueDriven = FLOW.some(({ consumer }) => consumer === spec.name);
  return { ...spec, timeoutMs: isQueueDriven ? functionTimeoutMs : 30 * SECOND_MS };
}

function queueSpec(flow: (typeof FLOW)[number], functionTimeoutMs: number): QueueSpec {
  return {
    ...flow,
    queueName: `${flow.name}.fifo`,
    deadLetterName: `${flow.name}-dlq.fifo`,
    functionTimeoutMs,
    visibilityTimeoutMs: 6 * functionTimeoutMs,
    batchSize: 1,
    maxReceiveCount: 5,
    retentionMs: 4 * DAY_MS,
    deadLetterRetentionMs: 14 * DAY_MS,
    messageBytesMax: MESSAGE_BYTES_MAX,
  };
}

/** Throws RangeError naming the relation that does not hold. */
function assertRelations(table: Topology): void {
  for (const queue of Object.values(table.queues)) {
    require(queue, queue.visibilityTimeoutMs >=
      6 * queue.functionTimeoutMs, 'visibility timeout >= 6 x function timeout');
    require(queue, queue.visibilityTimeoutMs % SECOND_MS === 0, 'visibility timeout is in whole seconds');
    require(queue, queue.maxReceiveCount >= 5, 'max receive count >= 5');
    require(queue, queue.deadLetterRetentionMs > queue.retentionMs, 'dead letters outlive the source queue');
    require(queue, queue.batchSize <= 10, 'batch size <= 10');
  }
  requireConnections(Object.values(table.functions));
  if (table.tokenOverlapMs >= 2 * table.secretCacheMs) return;
  throw new RangeError('topology: token overlap >= 2 x secret cache does not hold');
}

/** Whoever finds no connection free fails, and a message that fails for that is a message delivered late. */
function requireConnections(functions: readonly FunctionSpec[]): void {
  const { max, reserved, gateway } = DATABASE_CONNECTIONS;
  const wanted = functions.reduce<number>((sum, spec) => sum + spec.concurrencyMax * spec.connectionsMax, gateway);
  if (wanted > max - reserved) {
    throw new RangeError(
      `topology: functions and gateway may open ${wanted} connections, and the database has ${max - reserved} for them`,
    );
  }
}

function require(queue: QueueSpec, condition: boolean, relation: string): void {
  if (!condition) throw new RangeError(`topology: queue ${queue.queueName}: ${relation} does not hold`);
}
