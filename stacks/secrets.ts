/**
 * The secrets of the topology, under their names and one key.
 *
 * On an emulator they are born with a value that opens nothing, and the deploy command puts the real ones. On AWS each
 * is born with a password or token that nobody has seen, and says where the database is; the roles are made to match
 * when the schema is. What the operator alone knows he puts himself.
 */

import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { SECRET_KEYS, type SecretKey, SECRETS } from '../shared/topology.ts';
import { NamedSecret } from './constructs/named-secret.ts';
import { stageKey } from './constructs/stage-key.ts';
import type { StageSettings } from './settings.ts';

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

export interface SecretsProps extends StackProps {
  readonly settings: StageSettings;
  /** Undefined on an emulator, where the database is not of these stacks. */
  readonly address: DatabaseAddress | undefined;
}

/** The keys of the vault are the vault's; here KMS has keys of its own. */
const WITHOUT: readonly SecretKey[] = ['encryptionKeys'];
const PASSWORD_LENGTH = 40;

export class Secrets extends Stack {
  readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, { settings, address, ...props }: SecretsProps) {
    super(scope, id, props);
    this.key = stageKey(this, 'Key', { settings, description: 'secrets' });
    for (const key of SECRET_KEYS.filter((each) => !WITHOUT.includes(each))) {
      const value = address === undefined ? undefined : firstValue(key, address);
      new NamedSecret(this, key, { spec: SECRETS[key], settings, key: this.key, value });
    }
  }
}

function firstValue(key: SecretKey, address: DatabaseAddress): SecretStringGenerator | undefined {
  const { kind } = SECRETS[key];
  switch (kind) {
    case 'database_password': {
      const group = GROUPS[key] ?? '';
      return generated({ kind, ...address, username: `${group}_a`, group }, 'password');
    }
    case 'database_admin':
      return generated({ kind, ...address, username: 'jules_admin', alternate: 'jules_admin_b' }, 'password');
    case 'service_token':
      return generated({ kind }, 'token');
    case 'broker_api_key':
    case 'encryption_keys':
      return undefined;
  }
}

const GROUPS: Partial<Record<SecretKey, string>> = {
  databaseOwner: 'jules_owner',
  databaseApp: 'jules_app',
  databaseReader: 'jules_reader',
};

function generated(template: object, generateStringKey: string): SecretStringGenerator {
  const passwordLength = PASSWORD_LENGTH;
  return {
    secretStringTemplate: JSON.stringify(template),
    generateStringKey,
    passwordLength,
    excludePunctuation: true,
  };
}
