/**
 * What runs on and on, in containers: the gpu-runner on machines with a GPU, and the gateway with the broker's session.
 */

import { Stack, type StackProps } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import type { AccessPoint, FileSystem } from 'aws-cdk-lib/aws-efs';
import { Cluster, ContainerImage, ContainerInsights, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type QueueName, type SecretKey, SECRETS, type Topology } from '../shared/topology.ts';
import { addAlarm } from './constructs/alarm.ts';
import { BrokerService } from './constructs/broker-service.ts';
import { GpuFleet } from './constructs/gpu-fleet.ts';
import { RunnerService } from './constructs/runner-service.ts';
import { allowKey, stageKey } from './constructs/stage-key.ts';
import { logsPrincipal, stageLog } from './constructs/stage-log.ts';
import { alarmTopicArn, containerLogName, IMAGES, NAMESPACE, queueArn, RUNNER_URL, secretArn } from './names.ts';
import type { Network } from './network.ts';
import type { AwsParameters, StageSettings } from './settings.ts';

export interface ComputeProps extends StackProps {
  readonly settings: StageSettings;
  readonly aws: AwsParameters;
  readonly topology: Topology;
  readonly network: Network;
  readonly keys: { readonly queues: IKey | undefined; readonly secrets: IKey | undefined };
  readonly journal: { readonly files: FileSystem; readonly accessPoint: AccessPoint };
}

interface Access {
  readonly reads: readonly SecretKey[];
  readonly sendsTo: readonly QueueName[];
  readonly takesFrom: readonly QueueName[];
}

export class Compute extends Stack {
  readonly #props: ComputeProps;
  /** As its interface, whose optional fields are typed more strictly. */
  readonly #cluster: ICluster;
  readonly #logKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: ComputeProps) {
    super(scope, id, props);
    this.#props = props;
    this.#logKey = stageKey(this, 'LogKey', {
      settings: props.settings,
      description: 'logs of containers',
      users: [logsPrincipal(this)],
    });
    const cluster = new Cluster(this, 'Cluster', {
      vpc: props.network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
      defaultCloudMapNamespace: { name: NAMESPACE },
    });
    this.#cluster = cluster as ICluster;
    this.#addRunner(cluster);
    this.#addGateway();
  }

  #addRunner(cluster: Cluster): void {
    const { aws, network, topology } = this.#props;
    const fleet = new GpuFleet(this, 'Fleet', { aws, network, cluster });
    const runner = new RunnerService(this, 'Runner', {
      cluster: this.#cluster,
      fleet,
      network,
      container: {
        image: this.#image('Runner', IMAGES.runner),
        log: this.#log('gpu-runner'),
        environment: { AWS_REGION: this.region, JULES_LOG: 'info', JULES_RUNNER_SECRET: SECRETS.runnerToken.name },
      },
      waiting: topology.queues['bars-ready'],
      tasksMax: aws.gpuMax,
    });
    this.#allow(runner.taskRole, { reads: ['runnerToken'], sendsTo: [], takesFrom: [] });
  }

  #addGateway(): void {
    const { aws, network, topology, journal } = this.#props;
    const credential = Secret.fromSecretNameV2(this, 'BrokerCredential', SECRETS.brokerApiKey.name);
    const gateway = new BrokerService(this, 'Gateway', {
      cluster: this.#cluster,
      network,
      container: {
        image: this.#image('Gateway', IMAGES.gateway),
        log: this.#log('gateway'),
        environment: {
          AWS_REGION: this.region,
          JULES_LOG: 'info',
          JULES_STAGE: topology.stage,
          JULES_DATABASE_SECRET: SECRETS.databaseApp.name,
          JULES_RUNNER_URL: RUNNER_URL,
          PGSSLMODE: 'verify-full',
        },
      },
      broker: { image: this.#image('Broker', IMAGES.ibGateway), credential },
      journal,
      hasPublicAddress: aws.egress === 'endpoints',
    });
    this.#allow(gateway.taskRole, {
      reads: ['databaseApp'],
      sendsTo: ['minutes', 'signals'],
      takesFrom: ['orders'],
    });
    addAlarm(this, 'GatewayAlarm', {
      metric: gateway.service.metricCpuUtilization({ statistic: 'SampleCount' }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: TreatMissingData.BREACHING,
      description: 'The gateway does not run. Runbook: docs/runbooks/process-restarts.md',
      topic: Topic.fromTopicArn(this, 'Alarms', alarmTopicArn(this)),
    });
  }

  #image(id: string, repositoryName: string): ContainerImage {
    const repository = Repository.fromRepositoryName(this, `${id}Images`, repositoryName);
    return ContainerImage.fromEcrRepository(repository, this.#props.aws.imageTag);
  }

  #log(name: string): LogGroup {
    const { settings } = this.#props;
    return stageLog(this, `${name}-log`, { logGroupName: containerLogName(name), settings, key: this.#logKey });
  }

  #allow(role: IRole, { reads, sendsTo, takesFrom }: Access): void {
    const { keys, topology } = this.#props;
    const allow = (actions: string[], resources: string[]) => {
      if (resources.length > 0) role.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
    };
    const arns = (queues: readonly QueueName[]) =>
      queues.map((name) => queueArn(this, topology.queues[name].queueName));
    allow(
      ['secretsmanager:GetSecretValue'],
      reads.map((key) => secretArn(this, key)),
    );
    allow(['sqs:SendMessage', 'sqs:GetQueueUrl'], arns(sendsTo));
    allow(TAKING, arns(takesFrom));
    allowKey(role, keys.secrets, 'read');
    if (sendsTo.length + takesFrom.length > 0) allowKey(role, keys.queues, 'write');
  }
}

const TAKING = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueUrl',
  'sqs:GetQueueAttributes',
];
