/**
 * The gateway and its IB Gateway: one task, never two, since a second session with the broker ends the first.
 *
 * A deployment stops the old task before it starts the new one (0 to 100 % healthy), and nothing scales it. A machine
 * that lost its connection to ECS may keep its task running beside a new one; against that the gateway holds a lease in
 * the database, and the broker itself knows one session per user.
 */

import type { IAccessPoint, IFileSystem } from 'aws-cdk-lib/aws-efs';
import {
  type ICluster,
  ContainerDependencyCondition,
  type ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  Secret as ContainerSecret,
} from 'aws-cdk-lib/aws-ecs';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type Network, PORTS } from '../network.ts';
import { type ContainerParts, acceptTask, containerOptions } from './container.ts';

export interface BrokerServiceProps {
  readonly cluster: ICluster;
  readonly network: Network;
  readonly container: Omit<ContainerParts, 'healthUrl'>;
  readonly broker: { readonly image: ContainerImage; readonly credential: ISecret };
  readonly journal: { readonly files: IFileSystem; readonly accessPoint: IAccessPoint };
  /** True where the way out needs an address of its own. */
  readonly hasPublicAddress: boolean;
}

const VOLUME = 'journal';
const DATA = '/data';

export class BrokerService extends Construct {
  readonly service: FargateService;
  readonly taskRole: IRole;

  constructor(scope: Construct, id: string, props: BrokerServiceProps) {
    super(scope, id);
    const task = this.#task(props);
    this.taskRole = task.taskRole;
    this.service = new FargateService(this, 'Service', {
      cluster: props.cluster,
      taskDefinition: task,
      serviceName: 'gateway',
      desiredCount: 1,
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      vpcSubnets: props.network.outward,
      securityGroups: [props.network.gateway],
      assignPublicIp: props.hasPublicAddress,
    });
  }

  #task({ container, broker, journal }: BrokerServiceProps): FargateTaskDefinition {
    const task = new FargateTaskDefinition(this, 'Task', {
      cpu: 1_024,
      memoryLimitMiB: 3_072,
      // IB Gateway is made for x86.
      runtimePlatform: { cpuArchitecture: CpuArchitecture.X86_64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    task.addVolume({ name: VOLUME, efsVolumeConfiguration: volume(journal) });
    task.addToTaskRolePolicy(mayWrite(journal));
    const gateway = task.addContainer('gateway', {
      ...containerOptions({ ...container, healthUrl: `http://127.0.0.1:${PORTS.gateway}/healthz` }),
      environment: { ...container.environment, JULES_DATA: DATA, JULES_LISTEN: `127.0.0.1:${PORTS.gateway}` },
      essential: true,
    });
    gateway.addMountPoints({ sourceVolume: VOLUME, containerPath: DATA, readOnly: false });
    const ibGateway = task.addContainer('ib-gateway', {
      image: broker.image,
      essential: true,
      environment: { TRADING_MODE: 'paper', READ_ONLY_API: 'no', EXISTING_SESSION_DETECTED_ACTION: 'secondary' },
      secrets: {
        TWS_USERID: ContainerSecret.fromSecretsManager(broker.credential, 'username'),
        TWS_PASSWORD: ContainerSecret.fromSecretsManager(broker.credential, 'password'),
      },
      logging: LogDrivers.awsLogs({ logGroup: container.log, streamPrefix: 'broker' }),
    });
    gateway.addContainerDependencies({ container: ibGateway, condition: ContainerDependencyCondition.START });
    acceptTask(task);
    return task;
  }
}

function volume({ files, accessPoint }: BrokerServiceProps['journal']) {
  return {
    fileSystemId: files.fileSystemId,
    transitEncryption: 'ENABLED',
    authorizationConfig: { accessPointId: accessPoint.accessPointId, iam: 'ENABLED' },
  };
}

function mayWrite({ files, accessPoint }: BrokerServiceProps['journal']): PolicyStatement {
  return new PolicyStatement({
    actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
    resources: [files.fileSystemArn],
    conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoint.accessPointArn } },
  });
}
