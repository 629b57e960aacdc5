/**
 * The stacks of one stage. On an emulator: queues, secrets, functions and what watches them; on AWS also the network,
 * the database and what runs in containers.
 *
 * Queues, secrets and alarms are found by their names in the topology, so no stack waits for an export of another where
 * a name will do.
 */

import type { App, Stack, StackProps } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { type FunctionName, type Topology, topology } from '../shared/topology.ts';
import { Compute } from './compute.ts';
import { DATABASE_NAME, Data } from './data.ts';
import { Functions } from './functions.ts';
import { Messaging } from './messaging.ts';
import { Network, PORTS } from './network.ts';
import { Observability } from './observability.ts';
import { type DatabaseAddress, Secrets } from './secrets.ts';
import type { AwsParameters, StageSettings } from './settings.ts';

export interface StageParts {
  readonly settings: StageSettings;
  /** The code of each function; asked for only where there are functions. */
  readonly codeOf: (name: FunctionName) => Code;
}

type PropsOf = (name: string) => StackProps & { readonly settings: StageSettings; readonly topology: Topology };

export function addStacks(app: App, { settings, codeOf }: StageParts): void {
  const table = topology(settings.timing);
  const propsOf: PropsOf = (name) => ({ ...stackProps(name, settings), settings, topology: table });
  const messaging = new Messaging(app, 'messaging', propsOf('messaging'));
  const base = settings.aws === null ? null : addBase(app, { aws: settings.aws, propsOf, messaging });
  const secrets = new Secrets(app, 'secrets', { ...propsOf('secrets'), address: base?.address });
  const keys = { queues: messaging.key, secrets: secrets.key };
  const observability = new Observability(app, 'observability', propsOf('observability'));
  observability.addStackDependency(messaging);
  if (settings.has('functions')) {
    const functions = new Functions(app, 'functions', { ...propsOf('functions'), codeOf, keys, network: base?.inside });
    after(functions, [messaging, secrets]);
    observability.addStackDependency(functions);
  }
  if (base === null) return;
  const { aws, network, data } = base;
  const journal = { files: data.journalFiles, accessPoint: data.journal };
  const compute = new Compute(app, 'compute', { ...propsOf('compute'), aws, network, keys, journal });
  after(compute, [messaging, secrets, data]);
  observability.addStackDependency(compute);
}

/** What functions and containers rest on, and only AWS has. */
function addBase(app: App, parts: { aws: AwsParameters; propsOf: PropsOf; messaging: Messaging }) {
  const { aws, propsOf, messaging } = parts;
  const network = new Network(app, 'network', { ...propsOf('network'), aws });
  const data = new Data(app, 'data', { ...propsOf('data'), aws, network });
  data.addStackDependency(messaging);
  const address: DatabaseAddress = {
    host: data.database.dbInstanceEndpointAddress,
    port: PORTS.database,
    database: DATABASE_NAME,
  };
  const inside = { vpc: network.vpc, vpcSubnets: network.inner, securityGroups: [network.functions] };
  return { aws, network, data, address, inside };
}

function after(stack: Stack, earlier: readonly Stack[]): void {
  for (const each of earlier) stack.addStackDependency(each);
}

function stackProps(name: string, { stage, account, region }: StageSettings): StackProps {
  return {
    stackName: `jules-${stage}-${name}`,
    env: { account, region },
    description: `IntradayJules ${stage}: ${name}`,
    tags: { project: 'intraday-jules', stage },
    terminationProtection: stage === 'paper',
  };
}
