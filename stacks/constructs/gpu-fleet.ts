/**
 * Machines with a GPU, none to some: they come when a task waits for one, and go when none does.
 */

import { AutoScalingGroup, BlockDeviceVolume, EbsDeviceVolumeType, GroupMetrics } from 'aws-cdk-lib/aws-autoscaling';
import { InstanceType, LaunchTemplate, UserData } from 'aws-cdk-lib/aws-ec2';
import { AmiHardwareType, AsgCapacityProvider, type Cluster, EcsOptimizedImage } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { accept, acceptWildcard } from '../nag.ts';
import type { Network } from '../network.ts';
import type { AwsParameters } from '../settings.ts';

export interface GpuFleetProps {
  readonly aws: AwsParameters;
  readonly network: Network;
  readonly cluster: Cluster;
}

/** The image of the machine and the layers of ours, CUDA included. */
const DISK_GB = 100;

export class GpuFleet extends Construct {
  readonly provider: AsgCapacityProvider;

  constructor(scope: Construct, id: string, { aws, network, cluster }: GpuFleetProps) {
    super(scope, id);
    const group = new AutoScalingGroup(this, 'Machines', {
      vpc: network.vpc,
      vpcSubnets: network.inner,
      launchTemplate: this.#template(aws, network),
      minCapacity: 0,
      maxCapacity: aws.gpuMax,
      groupMetrics: [GroupMetrics.all()],
    });
    accept(group, 'AS3', 'Machines come and go with their tasks by design; the service alarms when a task is missing.');
    this.provider = new AsgCapacityProvider(this, 'Provider', {
      autoScalingGroup: group,
      enableManagedScaling: true,
      enableManagedDraining: true,
      enableManagedTerminationProtection: false,
    });
    cluster.addAsgCapacityProvider(this.provider);
  }

  #template(aws: AwsParameters, network: Network): LaunchTemplate {
    // The cluster adds what its agent needs.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    const reason =
      'The agent of ECS finds its cluster with calls that name no resource; the rest is tied to the cluster.';
    for (const finding of ['Action::ecs:Submit*', 'Resource::*']) acceptWildcard(role, finding, reason);
    return new LaunchTemplate(this, 'Template', {
      instanceType: new InstanceType(aws.gpuClass),
      machineImage: EcsOptimizedImage.amazonLinux2023(AmiHardwareType.GPU),
      securityGroup: network.runner,
      role,
      userData: UserData.forLinux(),
      requireImdsv2: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(DISK_GB, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
  }
}
