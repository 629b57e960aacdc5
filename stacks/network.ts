/**
 * The network of a stage on AWS: two zones, who may talk to whom, and the way out.
 *
 * Functions, database and runner have no address outside. Only the broker's gateway must reach the internet.
 */

import { Duration, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  type SubnetConfiguration,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { accept } from './nag.ts';
import { RUNNER_PORT } from './names.ts';
import type { AwsParameters } from './settings.ts';

export interface NetworkProps extends StackProps {
  readonly aws: AwsParameters;
}

export const PORTS = { database: 5_432, runner: RUNNER_PORT, gateway: 4_760, files: 2_049, https: 443 } as const;
/** TWS of the broker: its own protocol, and TLS. */
const BROKER_PORTS = [4_000, 4_001];
const FLOW_LOG_DAYS = 90;

/** What functions and containers call, one interface in each zone. */
const SERVICES = {
  Queues: InterfaceVpcEndpointAwsService.SQS,
  Secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Images: InterfaceVpcEndpointAwsService.ECR,
  ImageLayers: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Containers: InterfaceVpcEndpointAwsService.ECS,
  ContainerAgent: InterfaceVpcEndpointAwsService.ECS_AGENT,
  ContainerTelemetry: InterfaceVpcEndpointAwsService.ECS_TELEMETRY,
} as const;

export class Network extends Stack {
  readonly vpc: IVpc;
  readonly functions: SecurityGroup;
  readonly database: SecurityGroup;
  readonly runner: SecurityGroup;
  readonly gateway: SecurityGroup;
  readonly files: SecurityGroup;
  /** Where functions and the runner are. */
  readonly inner: SubnetSelection;
  /** Where the gateway is, which has to reach the broker. */
  readonly outward: SubnetSelection;

  constructor(scope: Construct, id: string, { aws, ...props }: NetworkProps) {
    super(scope, id, props);
    const hasNat = aws.egress === 'nat';
    // Its optional fields are typed differently from the interface's, which exact types mind.
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.47.0.0/20'),
      maxAzs: 2,
      natGateways: hasNat ? 1 : 0,
      // The rules of a group that nobody uses; closing it would take a function of its own.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: subnets(hasNat),
      gatewayEndpoints: { Storage: { service: GatewayVpcEndpointAwsService.S3 } },
    }) as IVpc;
    this.inner = { subnetGroupName: 'inner' };
    this.outward = { subnetGroupName: hasNat ? 'inner' : 'outer' };
    this.functions = this.#group('Functions', 'functions');
    this.database = this.#group('Database', 'database');
    this.runner = this.#group('Runner', 'gpu-runner');
    this.gateway = this.#group('Gateway', 'gateway and IB Gateway');
    this.files = this.#group('Files', 'journal of the gateway');
    this.#letThrough();
    if (!hasNat) this.#addEndpoints();
    this.#keepFlowLogs();
  }

  /** Zones as the region names them at deployment, so that no synthesis has to ask AWS. */
  override get availabilityZones(): string[] {
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }

  #group(id: string, what: string): SecurityGroup {
    return new SecurityGroup(this, id, {
      vpc: this.vpc,
      description: `IntradayJules: ${what}`,
      allowAllOutbound: false,
    });
  }

  #letThrough(): void {
    const allow = (from: SecurityGroup, to: SecurityGroup, port: number) =>
      from.connections.allowTo(to, Port.tcp(port));
    allow(this.functions, this.database, PORTS.database);
    allow(this.functions, this.runner, PORTS.runner);
    allow(this.gateway, this.database, PORTS.database);
    allow(this.gateway, this.runner, PORTS.runner);
    allow(this.gateway, this.files, PORTS.files);
    for (const group of [this.functions, this.runner, this.gateway]) {
      group.addEgressRule(Peer.anyIpv4(), Port.tcp(PORTS.https), 'AWS, over TLS');
    }
    for (const port of BROKER_PORTS) this.gateway.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'the broker');
  }

  #addEndpoints(): void {
    for (const [id, service] of Object.entries(SERVICES)) {
      const endpoint = this.vpc.addInterfaceEndpoint(id, { service, subnets: this.inner, open: false });
      for (const group of [this.functions, this.runner, this.gateway]) {
        endpoint.connections.allowFrom(group, Port.tcp(PORTS.https));
      }
    }
  }

  #keepFlowLogs(): void {
    const bucket = new Bucket(this, 'FlowLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: false,
      lifecycleRules: [{ expiration: Duration.days(FLOW_LOG_DAYS) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    accept(bucket, 'S1', 'It holds logs; logs of who read them would be logs of logs.');
    this.vpc.addFlowLog('Flow', { destination: FlowLogDestination.toS3(bucket as IBucket) });
  }
}

function subnets(hasNat: boolean): SubnetConfiguration[] {
  return [
    { name: 'outer', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
    {
      name: 'inner',
      subnetType: hasNat ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED,
      cidrMask: 23,
    },
    { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 26 },
  ];
}
