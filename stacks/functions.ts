/**
 * The functions of the topology: those that a queue calls, the page behind a signed URL, rotation and upkeep.
 */

import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Code, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import {
  type FunctionName,
  type QueueSpec,
  SECRET_KEYS,
  type SecretKey,
  SECRETS,
  type Topology,
} from '../shared/topology.ts';
import { QueueDrivenFunction } from './constructs/queue-driven-function.ts';
import { ScheduledFunction } from './constructs/scheduled-function.ts';
import { SecretRotation } from './constructs/secret-rotation.ts';
import { allowKey, stageKey } from './constructs/stage-key.ts';
import { logsPrincipal } from './constructs/stage-log.ts';
import {
  type FunctionKeys,
  type FunctionNetwork,
  type FunctionParts,
  WatchedFunction,
} from './constructs/watched-function.ts';
import { acceptWildcard } from './nag.ts';
import { alarmTopicArn, secretArn } from './names.ts';
import type { StageSettings } from './settings.ts';

export interface FunctionsProps extends StackProps {
  readonly settings: StageSettings;
  readonly topology: Topology;
  readonly codeOf: (name: FunctionName) => Code;
  readonly keys: Omit<FunctionKeys, 'logs'>;
  readonly network: FunctionNetwork | undefined;
}

/** What a program can renew by itself. The broker's is the operator's, and the other kinds open what rotation needs. */
const ROTATED_KINDS: readonly string[] = ['database_password', 'service_token'];
const ROTATED: readonly SecretKey[] = SECRET_KEYS.filter((key) => ROTATED_KINDS.includes(SECRETS[key].kind));

export class Functions extends Stack {
  readonly #topology: Topology;
  readonly #parts: FunctionParts;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    const { settings, topology, codeOf, keys, network, ...stackProps } = props;
    super(scope, id, stackProps);
    this.#topology = topology;
    const logs = stageKey(this, 'LogKey', { settings, description: 'logs of functions', users: [logsPrincipal(this)] });
    const alarmTopic = Topic.fromTopicArn(this, 'Alarms', alarmTopicArn(this));
    const environment = environmentOf(settings, topology);
    this.#parts = { settings, codeOf, environment, keys: { ...keys, logs }, network, monitoring: { alarmTopic } };
    for (const queue of Object.values(topology.queues)) this.#addQueueDriven(queue);
    this.#addReport();
    this.#addRotation();
    this.#addUpkeep();
  }

  /** The gateway takes its queue itself. */
  #addQueueDriven(queue: QueueSpec): void {
    if (queue.consumer === 'gateway') return;
    new QueueDrivenFunction(this, queue.consumer, { ...this.#propsOf(queue.consumer), queue });
  }

  #addReport(): void {
    const report = new WatchedFunction(this, 'report', this.#propsOf('report'));
    if (!this.#parts.settings.has('url')) return;
    const url = report.function.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    new ManagedPolicy(this, 'PageReaders', {
      managedPolicyName: 'jules-page-readers',
      description: 'May open the report page of IntradayJules',
      statements: [
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions: ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'],
          resources: [report.function.functionArn],
        }),
      ],
    });
    new CfnOutput(this, 'PageUrl', { value: url.url });
  }

  #addRotation(): void {
    const { settings, keys } = this.#parts;
    const props = this.#propsOf('rotate-secrets');
    const rotation = new WatchedFunction(this, 'rotate-secrets', props);
    rotation.function.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: this.account,
    });
    rotation.role.addToPolicy(
      new PolicyStatement({
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resources: [...ROTATED, 'brokerApiKey' as const].map((key) => secretArn(this, key)),
      }),
    );
    rotation.role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetRandomPassword'], resources: ['*'] }));
    acceptWildcard(rotation.role, 'Resource::*', 'A random password belongs to no secret yet.');
    allowKey(rotation.role, keys.secrets, 'write');
    if (!settings.has('rotation')) return;
    for (const key of ROTATED) new SecretRotation(this, `rotate-${key}`, { key, rotation: rotation.function });
  }

  #addUpkeep(): void {
    const schedules = this.#topology.schedules.filter((schedule) => schedule.function === 'upkeep');
    new ScheduledFunction(this, 'upkeep', { ...this.#propsOf('upkeep'), schedules });
  }

  #propsOf(name: FunctionName) {
    const spec = this.#topology.functions[name];
    const sendsTo = spec.sendsTo.map((queue) => this.#topology.queues[queue]);
    return { spec, sendsTo, environment: secretsOf(name, this.#parts.settings, this.#topology), parts: this.#parts };
  }
}

/** The region comes from Lambda itself. */
function environmentOf({ stage, endpoint }: StageSettings, topology: Topology): Record<string, string> {
  return {
    JULES_STAGE: topology.stage,
    JULES_LOG: 'info',
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
    // The certificates of RDS come with the runtime.
    ...(stage === 'paper' ? { PGSSLMODE: 'verify-full', NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } : {}),
  };
}

/** Names of secrets, each under the variable that its reader knows. */
function secretsOf(name: FunctionName, settings: StageSettings, { functions }: Topology): Record<string, string> {
  const variables = functions[name].reads.map((key) => [VARIABLES[key] ?? '', SECRETS[key].name]);
  return {
    ...(Object.fromEntries(variables) as Record<string, string>),
    ...(functions[name].reads.includes('runnerToken') && settings.runnerUrl !== undefined
      ? { JULES_RUNNER_URL: settings.runnerUrl }
      : {}),
  };
}

const VARIABLES: Partial<Record<SecretKey, string>> = {
  databaseApp: 'JULES_DATABASE_SECRET',
  databaseReader: 'JULES_DATABASE_SECRET',
  databaseAdmin: 'JULES_ADMIN_SECRET',
  runnerToken: 'JULES_RUNNER_SECRET',
  pageToken: 'JULES_PAGE_SECRET',
};
