/**
 * The gpu-runner: one task to a machine; at least one while the market is open, more when minutes wait for a policy,
 * none at night.
 */

import { Duration, TimeZone } from 'aws-cdk-lib';
import { AdjustmentType, Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Ec2Service, Ec2TaskDefinition, NetworkMode, PlacementConstraint } from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { DnsRecordType } from 'aws-cdk-lib/aws-servicediscovery';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { QueueSpec } from '../../shared/topology.ts';
import { queueMetric, RUNNER_HOST } from '../names.ts';
import { type Network, PORTS } from '../network.ts';
import { type ContainerParts, acceptTask, containerOptions } from './container.ts';
import type { GpuFleet } from './gpu-fleet.ts';

export interface RunnerServiceProps {
  readonly cluster: ICluster;
  readonly fleet: GpuFleet;
  readonly network: Network;
  readonly container: Omit<ContainerParts, 'healthUrl'>;
  /** Where messages wait that need a policy. */
  readonly waiting: QueueSpec;
  readonly tasksMax: number;
}

const MEMORY_MIB = 8_192;
const EXCHANGE = TimeZone.AMERICA_NEW_YORK;
/** A machine takes minutes to come; it goes when the last decision of the longest session is made. */
const OPENS = { weekDay: 'MON-FRI', hour: '9', minute: '0' };
const CLOSES = { weekDay: 'MON-FRI', hour: '16', minute: '30' };
/** Seconds that the oldest message has waited, and what that is worth in tasks. */
const STEPS = [
  { upper: 5, change: -1 },
  { lower: 30, change: 1 },
  { lower: 90, change: 2 },
];

export class RunnerService extends Construct {
  readonly service: Ec2Service;
  readonly taskRole: IRole;

  constructor(scope: Construct, id: string, props: RunnerServiceProps) {
    super(scope, id);
    const { cluster, fleet, network, container } = props;
    const task = new Ec2TaskDefinition(this, 'Task', { networkMode: NetworkMode.AWS_VPC });
    task.addContainer('runner', {
      ...containerOptions({ ...container, healthUrl: `http://127.0.0.1:${PORTS.runner}/readyz` }),
      memoryLimitMiB: MEMORY_MIB,
      gpuCount: 1,
      portMappings: [{ containerPort: PORTS.runner }],
    });
    acceptTask(task);
    this.taskRole = task.taskRole;
    this.service = new Ec2Service(this, 'Service', {
      cluster,
      taskDefinition: task,
      serviceName: 'gpu-runner',
      vpcSubnets: network.inner,
      securityGroups: [network.runner],
      capacityProviderStrategies: [{ capacityProvider: fleet.provider.capacityProviderName, weight: 1 }],
      placementConstraints: [PlacementConstraint.distinctInstances()],
      // A GPU is held until its task ends, so the new task waits for the old one.
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      cloudMapOptions: { name: RUNNER_HOST, dnsRecordType: DnsRecordType.A, dnsTtl: Duration.seconds(10) },
    });
    this.#scale(props);
  }

  #scale({ waiting, tasksMax }: RunnerServiceProps): void {
    const tasks = this.service.autoScaleTaskCount({ minCapacity: 0, maxCapacity: tasksMax });
    tasks.scaleOnSchedule('Opens', { schedule: Schedule.cron(OPENS), timeZone: EXCHANGE, minCapacity: 1 });
    tasks.scaleOnSchedule('Closes', { schedule: Schedule.cron(CLOSES), timeZone: EXCHANGE, minCapacity: 0 });
    tasks.scaleOnMetric('Waiting', {
      metric: queueMetric(waiting.queueName, 'ApproximateAgeOfOldestMessage', 'Maximum'),
      scalingSteps: STEPS,
      adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
      cooldown: Duration.minutes(3),
    });
  }
}
