/**
 * The secrets of the topology, under their names and one key.
 *
 * They are born with a value that opens nothing: on an emulator the deploy command puts the real ones.
 */

import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { SECRET_KEYS, SECRETS } from '../shared/topology.ts';
import { NamedSecret } from './constructs/named-secret.ts';
import { stageKey } from './constructs/stage-key.ts';
import type { StageSettings } from './settings.ts';

export interface SecretsProps extends StackProps {
  readonly settings: StageSettings;
}

export class Secrets extends Stack {
  readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, { settings, ...props }: SecretsProps) {
    super(scope, id, props);
    this.key = stageKey(this, 'Key', { settings, description: 'secrets' });
    for (const key of SECRET_KEYS) new NamedSecret(this, key, { spec: SECRETS[key], settings, key: this.key });
  }
}
