/**
 * One secret of the topology, empty until a credential is put.
 */

import { type IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { SecretSpec } from '../../shared/topology.ts';
import { keptOnPaper } from '../retention.ts';
import type { StageSettings } from '../settings.ts';

export interface NamedSecretProps {
  readonly spec: SecretSpec;
  readonly settings: StageSettings;
  readonly key: IKey | undefined;
}

export class NamedSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { spec, settings, key }: NamedSecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      secretName: spec.name,
      description: `IntradayJules: ${spec.kind}`,
      removalPolicy: keptOnPaper(settings),
      ...(key === undefined ? {} : { encryptionKey: key }),
    });
  }
}
