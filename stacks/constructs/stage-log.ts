/**
 * A log group with an end: it keeps lines as long as its stage says, under the key of its stack.
 */

import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { keptOnPaper, logRetention } from '../retention.ts';
import type { StageSettings } from '../settings.ts';

export interface StageLogProps {
  readonly logGroupName: string;
  readonly settings: StageSettings;
  readonly key: IKey | undefined;
}

export function stageLog(scope: Construct, id: string, { logGroupName, settings, key }: StageLogProps): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName,
    retention: logRetention(settings),
    removalPolicy: keptOnPaper(settings),
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
}

/** The service that writes log groups, which a key has to let in. */
export function logsPrincipal(stack: Stack): ServicePrincipal {
  return new ServicePrincipal(`logs.${stack.region}.amazonaws.com`, {
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  });
}
