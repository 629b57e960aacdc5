/**
 * Findings of cdk-nag that we accept, each with its reason beside the construct that it is about.
 */

import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

function accept(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** A wildcard in a policy that no name can take the place of; `finding` is what cdk-nag calls it. */
export function acceptWildcard(construct: IConstruct, finding: string, reason: string): void {
  accept(construct, `IAM5[${finding}]`, reason);
}
