/**
 * A function that the clock calls, and an alarm for each of its tasks: silence is a fault too.
 */

import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { ScheduleSpec } from '../../shared/topology.ts';
import { addAlarm } from './alarm.ts';
import { WatchedFunction, type WatchedFunctionProps } from './watched-function.ts';

export interface ScheduledFunctionProps extends WatchedFunctionProps {
  readonly schedules: readonly ScheduleSpec[];
}

export class ScheduledFunction extends WatchedFunction {
  constructor(scope: Construct, id: string, { schedules, ...props }: ScheduledFunctionProps) {
    super(scope, id, props);
    for (const schedule of schedules) this.#call(schedule);
  }

  #call({ function: name, task, expression, overdueMs }: ScheduleSpec): void {
    const rule = new Rule(this, `${task}-rule`, {
      ruleName: `jules-${name}-${task}`,
      description: `IntradayJules ${name}: ${task}`,
      schedule: Schedule.expression(expression),
      // The next call makes up for one that failed.
      targets: [new FunctionTarget(this.function, { event: RuleTargetInput.fromObject({ task }), retryAttempts: 0 })],
    });
    addAlarm(this, `${task}-overdue-alarm`, {
      metric: new Metric({
        namespace: 'AWS/Events',
        metricName: 'Invocations',
        dimensionsMap: { RuleName: rule.ruleName },
        statistic: Stats.SUM,
        period: Duration.millis(overdueMs),
      }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: TreatMissingData.BREACHING,
      description: `${name} was not called for ${task}. Runbook: docs/runbooks/functions.md`,
      topic: this.parts.monitoring.alarmTopic,
    });
  }
}
