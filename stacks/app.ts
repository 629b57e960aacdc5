/**
 * The cloud as an application for the `cdk` command: reads its context, builds the stacks of one stage, writes templates.
 *
 * scripts/with-node cdk synth -c stage=paper -c account=111122223333 -c region=eu-central-1
 */

import { App } from 'aws-cdk-lib';
import { bundledCode } from './bundle.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { checkRules, checkTemplates } from './nag.ts';
import { readSettings } from './settings.ts';
import { addStacks } from './stage.ts';

/** What is checked is said below; nobody reads the tree of constructs. */
const APP_OPTIONS = { builtinCloudFormationValidation: false, treeMetadata: false } as const;

const app = new App({ ...APP_OPTIONS, context: FEATURE_FLAGS });
const settings = readSettings((key) => app.node.tryGetContext(key) as unknown, process.env);
addStacks(app, { settings, codeOf: bundledCode() });
if (settings.aws !== null) {
  checkRules(app);
  checkTemplates(app);
}
app.synth();
