/**
 * Where things of the topology are, by their names alone: a stack that asks for nothing of another never waits for it.
 */

import { Arn, ArnFormat, Duration, type Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName, SecretKey } from '../shared/topology.ts';
import { SECRETS } from '../shared/topology.ts';

export function functionNameOf(name: FunctionName): string {
  return `jules-${name}`;
}

/** Images of a stage, in repositories of its own account. */
export const IMAGES = { gateway: 'jules/gateway', ibGateway: 'jules/ib-gateway', runner: 'jules/gpu-runner' } as const;

/** Names inside the network. */
export const NAMESPACE = 'jules.internal';
export const RUNNER_HOST = 'gpu-runner';
export const RUNNER_PORT = 4_770;
export const RUNNER_URL = `http://${RUNNER_HOST}.${NAMESPACE}:${RUNNER_PORT}`;

export const ALARM_TOPIC = 'jules-alarms';

export function alarmTopicArn(stack: Stack): string {
  return Arn.format({ service: 'sns', resource: ALARM_TOPIC }, stack);
}

export function functionLogName(name: FunctionName): string {
  return `/aws/lambda/${functionNameOf(name)}`;
}

export function containerLogName(name: string): string {
  return `/jules/${name}`;
}

export function queueArn(stack: Stack, queueName: string): string {
  return Arn.format({ service: 'sqs', resource: queueName }, stack);
}

/** Secrets Manager adds six characters to a name. */
export function secretArn(stack: Stack, key: SecretKey): string {
  const resourceName = `${SECRETS[key].name}-??????`;
  return Arn.format(
    { service: 'secretsmanager', resource: 'secret', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME },
    stack,
  );
}

const PERIOD = Duration.minutes(1);

export function functionMetric(name: FunctionName, metricName: string, statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionNameOf(name) },
    statistic,
    period: PERIOD,
  });
}

export function queueMetric(queueName: string, metricName: string, statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: queueName },
    statistic,
    period: PERIOD,
  });
}
