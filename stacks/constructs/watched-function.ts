/**
 * A function with a role of its own that names what it may touch, a log with an end, and alarms on errors and
 * throttles.
 */

import { Duration, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { FunctionName, FunctionSpec, QueueSpec, SecretKey } from '../../shared/topology.ts';
import { functionLogName, functionMetric, functionNameOf, queueArn, secretArn } from '../names.ts';
import type { StageSettings } from '../settings.ts';
import { acceptWildcard } from '../nag.ts';
import { addAlarm } from './alarm.ts';
import { allowKey } from './stage-key.ts';
import { stageLog } from './stage-log.ts';

/** Where a function runs, for what it cannot reach from outside. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
}

export interface FunctionKeys {
  readonly logs: IKey | undefined;
  readonly queues: IKey | undefined;
  readonly secrets: IKey | undefined;
}

/** What all functions of a stage have in common. */
export interface FunctionParts {
  readonly settings: StageSettings;
  readonly codeOf: (name: FunctionName) => Code;
  readonly environment: Readonly<Record<string, string>>;
  readonly keys: FunctionKeys;
  /** None where functions reach everything without one. */
  readonly network: FunctionNetwork | undefined;
  readonly monitoring: { readonly alarmTopic: ITopic };
}

export interface WatchedFunctionProps {
  readonly spec: FunctionSpec;
  readonly sendsTo: readonly QueueSpec[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly parts: FunctionParts;
}

export class WatchedFunction extends Construct {
  readonly function: LambdaFunction;
  readonly log: LogGroup;
  readonly role: Role;
  protected readonly parts: FunctionParts;

  constructor(scope: Construct, id: string, { spec, sendsTo, environment, parts }: WatchedFunctionProps) {
    super(scope, id);
    this.parts = parts;
    const { settings, keys } = parts;
    const functionName = functionNameOf(spec.name);
    this.log = stageLog(this, 'Log', { logGroupName: functionLogName(spec.name), settings, key: keys.logs });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.log.grantWrite(this.role);
    if (parts.network !== undefined) this.#allowInterfaces();
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: `IntradayJules ${spec.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      handler: 'index.handler',
      code: parts.codeOf(spec.name),
      memorySize: spec.memoryMb,
      timeout: Duration.millis(spec.timeoutMs),
      role: this.role,
      logGroup: this.log,
      environment: { ...parts.environment, ...environment },
      ...(settings.has('concurrency') ? { reservedConcurrentExecutions: spec.concurrencyMax } : {}),
      ...parts.network,
    });
    this.#allowSending(sendsTo);
    this.allowReading(spec.reads);
    this.#watch(spec.name);
  }

  /** The role may read these secrets. */
  protected allowReading(secrets: readonly SecretKey[]): void {
    const { secrets: key } = this.parts.keys;
    const resources = secrets.map((name) => secretArn(Stack.of(this), name));
    this.role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources }));
    allowKey(this.role, key, 'read');
  }

  #allowSending(queues: readonly QueueSpec[]): void {
    if (queues.length === 0) return;
    const resources = queues.map(({ queueName }) => queueArn(Stack.of(this), queueName));
    this.role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage', 'sqs:GetQueueUrl'], resources }));
    allowKey(this.role, this.parts.keys.queues, 'write');
  }

  /** Network interfaces have no name before they are made; this is what AWS documents for functions in a network. */
  #allowInterfaces(): void {
    const actions = [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ];
    this.role.addToPolicy(new PolicyStatement({ actions, resources: ['*'] }));
    acceptWildcard(
      this.role,
      'Resource::*',
      'The network interfaces of a function have no names before they are made.',
    );
  }

  #watch(name: FunctionName): void {
    const topic = this.parts.monitoring.alarmTopic;
    addAlarm(this, 'ErrorAlarm', {
      metric: functionMetric(name, 'Errors', 'Sum'),
      threshold: 1,
      description: `${name} crashed or ran out of time. Runbook: docs/runbooks/functions.md`,
      topic,
    });
    addAlarm(this, 'ThrottleAlarm', {
      metric: functionMetric(name, 'Throttles', 'Sum'),
      threshold: 1,
      description: `${name} was asked for more often at once than it may run. Runbook: docs/runbooks/functions.md`,
      topic,
    });
  }
}
