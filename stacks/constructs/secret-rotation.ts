/**
 * Turns a secret of the topology over to the rotation function, every week outside market hours.
 *
 * Lives where the function lives and finds the secret by its name, so the secrets never wait for a function.
 */

import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ROTATION_SCHEDULE, type SecretKey, SECRETS } from '../../shared/topology.ts';

export interface SecretRotationProps {
  readonly key: SecretKey;
  readonly rotation: IFunction;
}

export class SecretRotation extends Construct {
  constructor(scope: Construct, id: string, { key, rotation }: SecretRotationProps) {
    super(scope, id);
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: SECRETS[key].name,
      rotationLambdaArn: rotation.functionArn,
      rotationRules: { scheduleExpression: ROTATION_SCHEDULE.expression, duration: ROTATION_SCHEDULE.duration },
      // The roles of the database are made after the stacks are.
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(rotation);
  }
}
