/**
 * An alarm that says what is wrong and where to look, and tells the topic of its stage.
 */

import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface AlarmSpec {
  readonly metric: IMetric;
  /** The first value that is too much, unless compared otherwise. */
  readonly threshold: number;
  readonly comparison?: ComparisonOperator;
  /** No market, no messages, no fault; unless it says otherwise. */
  readonly missing?: TreatMissingData;
  readonly evaluationPeriods?: number;
  /** What is wrong, and the runbook. */
  readonly description: string;
  readonly topic: ITopic;
}

export const ALARM_PERIOD = Duration.minutes(1);

export function addAlarm(scope: Construct, id: string, spec: AlarmSpec): Alarm {
  const alarm = new Alarm(scope, id, {
    metric: spec.metric,
    threshold: spec.threshold,
    alarmDescription: spec.description,
    comparisonOperator: spec.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: spec.evaluationPeriods ?? 1,
    treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(spec.topic));
  return alarm;
}
