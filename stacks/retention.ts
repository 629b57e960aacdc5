/**
 * What outlives its stack, and for how long: on paper, data and the keys that open it; on an emulator, nothing.
 */

import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StageSettings } from './settings.ts';

type Stage = Pick<StageSettings, 'stage'>;

/** A stack that fails while it is made takes its things along even so: the next deploy finds the names free. */
export function keptOnPaper({ stage }: Stage): RemovalPolicy {
  return stage === 'paper' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** A year covers the review after the last quarter of it. */
export function logRetention({ stage }: Stage): RetentionDays {
  return stage === 'paper' ? RetentionDays.ONE_YEAR : RetentionDays.THREE_DAYS;
}
