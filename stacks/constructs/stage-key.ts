/**
 * A key of ours for one kind of data, rotated yearly; none where the target has no use for one.
 */

import { Duration } from 'aws-cdk-lib';
import { type IPrincipal, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { keptOnPaper } from '../retention.ts';
import type { StageSettings } from '../settings.ts';

export interface StageKeyProps {
  readonly settings: StageSettings;
  /** What it encrypts. */
  readonly description: string;
  /** Services that write encrypted data by themselves. */
  readonly users?: readonly IPrincipal[];
}

export function stageKey(
  scope: Construct,
  id: string,
  { settings, description, users = [] }: StageKeyProps,
): IKey | undefined {
  if (!settings.has('keys')) return undefined;
  const key = new Key(scope, id, {
    description: `IntradayJules ${settings.stage}: ${description}`,
    enableKeyRotation: true,
    rotationPeriod: Duration.days(365),
    pendingWindow: Duration.days(30),
    removalPolicy: keptOnPaper(settings),
  });
  for (const user of users) key.grantEncryptDecrypt(user);
  return key;
}

/** Lets a role read what is under the key, and write when it has to. Nothing where there is no key. */
export function allowKey(role: IRole, key: IKey | undefined, use: 'read' | 'write'): void {
  if (key === undefined) return;
  const actions = use === 'read' ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey'];
  role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [key.keyArn] }));
}
