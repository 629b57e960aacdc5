/**
 * What one looks at: a dashboard along the way of a minute, an alarm over the whole of it, a query that follows one
 * trace through all logs, and a limit to the bill.
 */

import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Dashboard, GraphWidget, type IMetric, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Topology } from '../shared/topology.ts';
import { addAlarm } from './constructs/alarm.ts';
import { alarmTopicArn, containerLogName, functionLogName, functionMetric, queueMetric } from './names.ts';
import type { AwsParameters, StageSettings } from './settings.ts';

export interface ObservabilityProps extends StackProps {
  readonly settings: StageSettings;
  readonly topology: Topology;
}

/** So many minutes of the last five may be without a decision; one is always under way. */
const UNDECIDED_MAX = 2;
const PERIOD = Duration.minutes(5);
const MINUTE = Duration.minutes(1);
const WIDTH = 12;

export class Observability extends Stack {
  readonly #topology: Topology;

  constructor(scope: Construct, id: string, { settings, topology, ...props }: ObservabilityProps) {
    super(scope, id, props);
    this.#topology = topology;
    if (settings.has('dashboard')) this.#addDashboard(settings);
    if (settings.has('math')) this.#watchDecisions();
    if (settings.aws === null) return;
    this.#addTraceQuery();
    this.#subscribeOperator(settings.aws);
    this.#limitBill(settings.aws);
  }

  #addDashboard({ stage }: StageSettings): void {
    const queues = Object.values(this.#topology.queues);
    const functions = Object.values(this.#topology.functions);
    new Dashboard(this, 'Dashboard', {
      dashboardName: `jules-${stage}`,
      widgets: [
        [
          graph(
            'Oldest message, seconds',
            queues.map(({ queueName }) => age(queueName)),
          ),
          graph(
            'Dead letters',
            queues.map(({ deadLetterName }) => visible(deadLetterName)),
          ),
        ],
        [
          graph(
            'Messages',
            queues.map(({ queueName }) => sent(queueName)),
          ),
          graph(
            'Duration p99, ms',
            functions.map(({ name }) => functionMetric(name, 'Duration', 'p99')),
          ),
        ],
        [
          graph(
            'Errors',
            functions.map(({ name }) => functionMetric(name, 'Errors', 'Sum')),
          ),
          graph(
            'At once',
            functions.map(({ name }) => functionMetric(name, 'ConcurrentExecutions', 'Maximum')),
          ),
        ],
      ],
    });
  }

  /** Each part may be healthy by itself while the whole does not advance. */
  #watchDecisions(): void {
    const { minutes, orders } = this.#topology.queues;
    addAlarm(this, 'UndecidedAlarm', {
      metric: new MathExpression({
        expression: 'FILL(minutes, 0) - FILL(decisions, 0)',
        usingMetrics: { minutes: sent(minutes.queueName, PERIOD), decisions: sent(orders.queueName, PERIOD) },
        label: 'minutes without a decision',
        period: PERIOD,
      }),
      threshold: UNDECIDED_MAX + 1,
      description: 'Minutes come and no decisions follow. Runbook: docs/runbooks/minute-without-decision.md',
      topic: this.#alarms('DecisionAlarms'),
    });
  }

  /** The trace travels in the messages (W3C traceparent), and every log line about a message has it. */
  #addTraceQuery(): void {
    const names = [
      ...Object.values(this.#topology.functions).map(({ name }) => functionLogName(name)),
      containerLogName('gateway'),
      containerLogName('gpu-runner'),
    ];
    new QueryDefinition(this, 'Trace', {
      queryDefinitionName: 'jules/trace',
      queryString: new QueryString({
        fields: ['@timestamp', 'name', 'msg', 'messageId', 'traceparent'],
        filterStatements: ["traceparent like 'PUT THE TRACE ID HERE'"],
        sort: '@timestamp asc',
        limit: 500,
      }),
      logGroups: names.map((name) => LogGroup.fromLogGroupName(this, name, name)),
    });
  }

  #subscribeOperator({ alarmEmail }: AwsParameters): void {
    new Subscription(this, 'Operator', {
      topic: this.#alarms('OperatorAlarms'),
      protocol: SubscriptionProtocol.EMAIL,
      endpoint: alarmEmail,
    });
  }

  #limitBill({ alarmEmail, budgetUsd }: AwsParameters): void {
    const subscribers = [{ subscriptionType: 'EMAIL', address: alarmEmail }];
    const warn = (notificationType: string, threshold: number) => ({
      notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
      subscribers,
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: 'jules-month',
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: budgetUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: [warn('ACTUAL', 80), warn('FORECASTED', 100)],
    });
  }

  #alarms(id: string) {
    return Topic.fromTopicArn(this, id, alarmTopicArn(this));
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: WIDTH, period: MINUTE });
}

function age(queueName: string): Metric {
  return queueMetric(queueName, 'ApproximateAgeOfOldestMessage', 'Maximum');
}

function visible(queueName: string): Metric {
  return queueMetric(queueName, 'ApproximateNumberOfMessagesVisible', 'Maximum');
}

function sent(queueName: string, period = MINUTE): Metric {
  return queueMetric(queueName, 'NumberOfMessagesSent', 'Sum').with({ period });
}
