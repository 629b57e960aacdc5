/**
 * A function that a queue calls: in order, failing message by message, and never more at once than it may run.
 *
 * What it cannot read it parks in the database and says so in its log; that line is counted, and one is an alarm.
 */

import { Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { QueueSpec } from '../../shared/topology.ts';
import { queueArn } from '../names.ts';
import { ALARM_PERIOD, addAlarm } from './alarm.ts';
import { WatchedFunction, type WatchedFunctionProps } from './watched-function.ts';

export interface QueueDrivenFunctionProps extends WatchedFunctionProps {
  readonly queue: QueueSpec;
}

/** What the wrapper logs for each message that it parks. */
const PARKED = 'message parked in quarantine';

export class QueueDrivenFunction extends WatchedFunction {
  constructor(scope: Construct, id: string, { queue, ...props }: QueueDrivenFunctionProps) {
    super(scope, id, props);
    const { settings, keys } = props.parts;
    const source = Queue.fromQueueAttributes(this, 'Queue', {
      queueArn: queueArn(Stack.of(this), queue.queueName),
      fifo: true,
      ...(keys.queues === undefined ? {} : { keyArn: keys.queues.keyArn }),
    });
    this.function.addEventSource(
      new SqsEventSource(source, {
        batchSize: queue.batchSize,
        reportBatchItemFailures: true,
        ...(settings.has('concurrency') ? { maxConcurrency: props.spec.concurrencyMax } : {}),
      }),
    );
    if (settings.has('logMetrics')) this.#watchQuarantine(queue);
  }

  #watchQuarantine({ queueName }: QueueSpec): void {
    const name = { metricNamespace: 'Jules', metricName: `Quarantined/${queueName}` };
    new MetricFilter(this, 'Quarantined', {
      ...name,
      logGroup: this.log,
      filterPattern: FilterPattern.stringValue('$.msg', '=', PARKED),
      metricValue: '1',
    });
    addAlarm(this, 'QuarantineAlarm', {
      metric: new Metric({
        namespace: 'Jules',
        metricName: name.metricName,
        statistic: Stats.SUM,
        period: ALARM_PERIOD,
      }),
      threshold: 1,
      description: `A message of ${queueName} could not be read and was parked: jules queues peek. Runbook: docs/runbooks/functions.md`,
      topic: this.parts.monitoring.alarmTopic,
    });
  }
}
