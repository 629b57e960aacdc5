/**
 * The stacks of one stage. They meet by the names of the topology, so none waits for an export of another.
 */

import type { App, StackProps } from 'aws-cdk-lib';
import { topology } from '../shared/topology.ts';
import { Messaging } from './messaging.ts';
import { Secrets } from './secrets.ts';
import type { StageSettings } from './settings.ts';

export function addStacks(app: App, settings: StageSettings): void {
  const props = (name: string): StackProps & { readonly settings: StageSettings } => ({
    settings,
    stackName: `jules-${settings.stage}-${name}`,
    env: { account: settings.account, region: settings.region },
    description: `IntradayJules ${settings.stage}: ${name}`,
    tags: { project: 'intraday-jules', stage: settings.stage },
    terminationProtection: settings.stage === 'paper',
  });
  new Messaging(app, 'messaging', { ...props('messaging'), topology: topology(settings.timing) });
  new Secrets(app, 'secrets', props('secrets'));
}
