/**
 * A FIFO queue with dead letters, encryption, TLS only, and alarms on its age and its dead letters.
 *
 * What cannot be read is not a dead letter: the wrapper parks it in the database and says so in its log, which the
 * consumer's alarm counts. Dead letters are the unknown, so a single one is an alarm.
 */

import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { QueueSpec } from '../../shared/topology.ts';
import { keptOnPaper } from '../retention.ts';
import type { StageSettings } from '../settings.ts';
import { ALARM_PERIOD, addAlarm } from './alarm.ts';

export interface QueueMonitoring {
  readonly alarmTopic: ITopic;
  /** The oldest message may wait this long. */
  readonly ageMaxMs: number;
}

export interface WatchedQueueProps {
  readonly spec: QueueSpec;
  readonly settings: StageSettings;
  readonly key: IKey | undefined;
  readonly monitoring: QueueMonitoring;
}

export class WatchedQueue extends Construct {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, { spec, settings, key, monitoring }: WatchedQueueProps) {
    super(scope, id);
    const common: QueueProps = {
      fifo: true,
      contentBasedDeduplication: false,
      visibilityTimeout: Duration.millis(spec.visibilityTimeoutMs),
      maxMessageSizeBytes: spec.messageBytesMax,
      enforceSSL: true,
      ...(key === undefined
        ? { encryption: QueueEncryption.SQS_MANAGED }
        : { encryption: QueueEncryption.KMS, encryptionMasterKey: key }),
    };
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...common,
      queueName: spec.deadLetterName,
      retentionPeriod: Duration.millis(spec.deadLetterRetentionMs),
      removalPolicy: keptOnPaper(settings),
    });
    // What it held is still in the outbox of its sender, so it goes with its stack.
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName: spec.queueName,
      retentionPeriod: Duration.millis(spec.retentionMs),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: spec.maxReceiveCount },
    });
    this.#watch(spec, monitoring);
  }

  #watch({ queueName }: QueueSpec, { alarmTopic: topic, ageMaxMs }: QueueMonitoring): void {
    addAlarm(this, 'AgeAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: ageMaxMs / 1_000,
      description: `${queueName} is not being emptied. Runbook: docs/runbooks/minute-without-decision.md`,
      topic,
    });
    addAlarm(this, 'DeadLetterAlarm', {
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: 1,
      description: `A message of ${queueName} failed every time: jules queues peek. Runbook: docs/runbooks/minute-without-decision.md`,
      topic,
    });
  }
}
