/**
 * One secret of the topology.
 */

import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { SecretSpec } from '../../shared/topology.ts';
import { accept } from '../nag.ts';
import { keptOnPaper } from '../retention.ts';
import type { StageSettings } from '../settings.ts';

export interface NamedSecretProps {
  readonly spec: SecretSpec;
  readonly settings: StageSettings;
  readonly key: IKey | undefined;
  /** What it is born with; undefined: something that opens nothing. */
  readonly value: SecretStringGenerator | undefined;
}

export class NamedSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { spec, settings, key, value }: NamedSecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      secretName: spec.name,
      description: `IntradayJules: ${spec.kind}`,
      removalPolicy: keptOnPaper(settings),
      ...(value === undefined ? {} : { generateSecretString: value }),
      ...(key === undefined ? {} : { encryptionKey: key }),
    });
    accept(this.secret, 'SMG4', 'Its schedule is beside the function that rotates it, and finds it by its name.');
  }
}
