/**
 * The stacks of one stage. They meet by the names of the topology, so none waits for an export of another.
 */

import type { App, StackProps } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { type FunctionName, topology } from '../shared/topology.ts';
import { Functions } from './functions.ts';
import { Messaging } from './messaging.ts';
import { Secrets } from './secrets.ts';
import type { StageSettings } from './settings.ts';

export interface StageParts {
  readonly settings: StageSettings;
  /** The code of each function; asked for only where there are functions. */
  readonly codeOf: (name: FunctionName) => Code;
}

export function addStacks(app: App, { settings, codeOf }: StageParts): void {
  const props = (name: string): StackProps & { readonly settings: StageSettings } => ({
    settings,
    stackName: `jules-${settings.stage}-${name}`,
    env: { account: settings.account, region: settings.region },
    description: `IntradayJules ${settings.stage}: ${name}`,
    tags: { project: 'intraday-jules', stage: settings.stage },
    terminationProtection: settings.stage === 'paper',
  });
  const table = topology(settings.timing);
  const messaging = new Messaging(app, 'messaging', { ...props('messaging'), topology: table });
  const secrets = new Secrets(app, 'secrets', props('secrets'));
  if (!settings.has('functions')) return;
  const functions = new Functions(app, 'functions', {
    ...props('functions'),
    topology: table,
    codeOf,
    keys: { queues: messaging.key, secrets: secrets.key },
    network: undefined,
  });
  functions.addStackDependency(messaging);
  functions.addStackDependency(secrets);
}
