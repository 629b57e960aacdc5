/**
 * The cloud as an application for the `cdk` command: reads its context, builds the stacks of one stage, writes templates.
 *
 * scripts/with-node cdk synth -c stage=paper -c account=111122223333 -c region=eu-central-1 \
 *   -c alarmEmail=operator@example.com -c imageTag=1.2.3
 */

import { App } from 'aws-cdk-lib';
import { bundledCode } from './bundle.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { checkRules } from './nag.ts';
import { ContextError, readSettings } from './settings.ts';
import { addStacks } from './stage.ts';

function run(): void {
  // The library's own check takes longer than all the rest: the integration suite has it. Nobody reads the tree.
  const app = new App({ context: FEATURE_FLAGS, builtinCloudFormationValidation: false, treeMetadata: false });
  const settings = readSettings((key) => app.node.tryGetContext(key) as unknown, process.env);
  addStacks(app, { settings, codeOf: bundledCode() });
  if (settings.aws !== null) checkRules(app);
  app.synth();
}

try {
  run();
} catch (error) {
  // The message says what is missing; nobody needs the line.
  if (!(error instanceof ContextError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
