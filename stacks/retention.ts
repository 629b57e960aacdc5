/**
 * What outlives its stack: on paper, data and the keys that open it; on an emulator, nothing.
 */

import { RemovalPolicy } from 'aws-cdk-lib';
import type { StageSettings } from './settings.ts';

/** A stack that fails while it is made takes its things along even so: the next deploy finds the names free. */
export function keptOnPaper({ stage }: Pick<StageSettings, 'stage'>): RemovalPolicy {
  return stage === 'paper' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
