/**
 * The rules of AwsSolutions as part of every synthesis for AWS, and the findings that we accept: each with its reason,
 * beside the construct that it is about.
 */

import { type App, CloudFormationValidatePlugin, type IPolicyValidationPlugin, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** The rules of AwsSolutions. An emulator has no keys, no network and no users to be careful of. */
export function checkRules(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

/**
 * Properties and values that CloudFormation would refuse, found before it is asked; takes seconds.
 *
 * @internal Exported for its tests.
 */
export function checkTemplates(app: App): void {
  // Its version is typed as optional, which exact types mind.
  Validations.of(app).addPlugins(new CloudFormationValidatePlugin() as IPolicyValidationPlugin);
}

export function accept(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** A wildcard in a policy that no name can take the place of; `finding` is what cdk-nag calls it. */
export function acceptWildcard(construct: IConstruct, finding: string, reason: string): void {
  accept(construct, `IAM5[${finding}]`, reason);
}
