/**
 * The queues of the topology with their dead letters, and the topic that every alarm of the stage goes to.
 */

import { Stack, type StackProps } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { QueueName, Topology } from '../shared/topology.ts';
import { stageKey } from './constructs/stage-key.ts';
import { WatchedQueue } from './constructs/watched-queue.ts';
import { ALARM_TOPIC } from './names.ts';
import type { StageSettings } from './settings.ts';

export interface MessagingProps extends StackProps {
  readonly settings: StageSettings;
  readonly topology: Topology;
}

/** Older than this, a minute is of no use to a live session. */
const AGE_MAX_MS = 120_000;

export class Messaging extends Stack {
  readonly key: IKey | undefined;
  readonly alarmTopic: Topic;
  readonly queues: Readonly<Record<QueueName, WatchedQueue>>;

  constructor(scope: Construct, id: string, { settings, topology, ...props }: MessagingProps) {
    super(scope, id, props);
    this.key = stageKey(this, 'Key', {
      settings,
      description: 'queues and alarms',
      users: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    });
    this.alarmTopic = new Topic(this, 'Alarms', {
      topicName: ALARM_TOPIC,
      displayName: `IntradayJules ${settings.stage}`,
      enforceSSL: true,
      ...(this.key === undefined ? {} : { masterKey: this.key }),
    });
    const queues = Object.values(topology.queues).map((spec) => [
      spec.name,
      new WatchedQueue(this, spec.name, {
        spec,
        settings,
        key: this.key,
        monitoring: { alarmTopic: this.alarmTopic, ageMaxMs: AGE_MAX_MS },
      }),
    ]);
    this.queues = Object.fromEntries(queues) as Record<QueueName, WatchedQueue>;
  }
}
