/**
 * The one table of queues, consumers, timeouts, batch sizes, retries and secrets: stacks and hosts are both built from
 * it.
 *
 * A stage scales times only; the crash tests use short ones so that a redelivery does not take minutes.
 */

export const STAGES = ['default', 'fast-redelivery'] as const;
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
  readonly sweepIntervalMs: number;
  readonly pulseIntervalMs: number;
  /** How old a secret may be before it is asked for again. */
  readonly secretCacheMs: number;
  /** How long the token of before is accepted at least. */
  readonly tokenOverlapMs: number;
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;
const MESSAGE_BYTES_MAX = 256 * 1024;

const FLOW: readonly { name: QueueName; consumer: ConsumerName; events: readonly string[] }[] = [
  { name: 'minutes', consumer: 'ingest', events: ['minute.v1'] },
  { name: 'bars-ready', consumer: 'signal', events: ['bars-ready.v1'] },
  { name: 'signals', consumer: 'risk', events: ['signal.v1', 'pulse.v1', 'command.v1'] },
  { name: 'orders', consumer: 'gateway', events: ['decision.v1'] },
];

export function topology(stage: StageName = 'default'): Topology {
  const isFast = stage === 'fast-redelivery';
  const functionTimeoutMs = isFast ? 500 : 10 * SECOND_MS;
  const queues = Object.fromEntries(FLOW.map((flow) => [flow.name, queueSpec(flow, functionTimeoutMs)]));
  const table: Topology = {
    stage,
    queues: queues as Record<QueueName, QueueSpec>,
    sweepIntervalMs: isFast ? 250 : 2 * SECOND_MS,
    pulseIntervalMs: 30 * SECOND_MS,
    secretCacheMs: isFast ? 2 * SECOND_MS : 60 * SECOND_MS,
    tokenOverlapMs: isFast ? 10 * SECOND_MS : 300 * SECOND_MS,
  };
  assertRelations(table);
  return table;
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
  if (table.tokenOverlapMs >= 2 * table.secretCacheMs) return;
  throw new RangeError('topology: token overlap >= 2 x secret cache does not hold');
}

function require(queue: QueueSpec, condition: boolean, relation: string): void {
  if (!condition) throw new RangeError(`topology: queue ${queue.queueName}: ${relation} does not hold`);
}
