/**
 * What outlives everything else on AWS: the database, the gateway's journal, and the images that run.
 */

import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Repository, RepositoryEncryption, TagMutability } from 'aws-cdk-lib/aws-ecr';
import { type AccessPoint, FileSystem, LifecyclePolicy } from 'aws-cdk-lib/aws-efs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CaCertificate,
  type CfnDBInstance,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ParameterGroup,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { DATABASE_CONNECTIONS } from '../shared/topology.ts';
import { addAlarm } from './constructs/alarm.ts';
import { stageKey } from './constructs/stage-key.ts';
import { logsPrincipal, stageLog } from './constructs/stage-log.ts';
import { accept } from './nag.ts';
import { alarmTopicArn, IMAGES } from './names.ts';
import { type Network, PORTS } from './network.ts';
import type { AwsParameters, StageSettings } from './settings.ts';

export interface DataProps extends StackProps {
  readonly settings: StageSettings;
  readonly aws: AwsParameters;
  readonly network: Network;
}

const ENGINE = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_18_3 });
export const DATABASE_NAME = 'jules';
const PARAMETERS = {
  max_connections: String(DATABASE_CONNECTIONS.max),
  'rds.force_ssl': '1',
  // Milliseconds: a statement that takes a tenth of a function's time is worth a line.
  log_min_duration_statement: '1000',
};
const GIB = 1024 ** 3;
const BACKUP_DAYS = 14;
const IMAGES_KEPT = 20;
/** The user inside our images, and the folder of the gateway in the journal. */
const GATEWAY_USER = { uid: '10001', gid: '10001' };

export class Data extends Stack {
  readonly key: IKey | undefined;
  readonly database: DatabaseInstance;
  readonly journal: AccessPoint;
  readonly journalFiles: FileSystem;

  constructor(scope: Construct, id: string, { settings, aws, network, ...props }: DataProps) {
    super(scope, id, props);
    this.key = stageKey(this, 'Key', { settings, description: 'database and journal', users: [logsPrincipal(this)] });
    this.database = this.#addDatabase(settings, aws, network);
    // `jules migrate` finds its administrator by it; the name has to be the one that local/deploy/target-database.ts asks for.
    const instance = this.database.node.defaultChild as CfnDBInstance;
    new CfnOutput(this, 'AdministratorSecret', { value: instance.attrMasterUserSecretSecretArn });
    this.journalFiles = this.#addJournal(network);
    this.journal = this.journalFiles.addAccessPoint('Gateway', {
      path: '/gateway',
      posixUser: GATEWAY_USER,
      createAcl: { ownerUid: GATEWAY_USER.uid, ownerGid: GATEWAY_USER.gid, permissions: '0700' },
    });
    for (const name of Object.values(IMAGES)) this.#addImages(name);
    this.#watchDatabase(aws.databaseGb);
  }

  #addDatabase(settings: StageSettings, aws: AwsParameters, network: Network): DatabaseInstance {
    const instanceIdentifier = `jules-${settings.stage}`;
    const encryption = this.key === undefined ? {} : { storageEncryptionKey: this.key };
    const database = new DatabaseInstance(this, 'Database', {
      engine: ENGINE,
      instanceIdentifier,
      instanceType: new InstanceType(aws.databaseClass),
      databaseName: DATABASE_NAME,
      // RDS makes, keeps and rotates the password of its own administrator; our roles are made with it once.
      credentials: Credentials.fromUsername('jules_master', this.key === undefined ? {} : { encryptionKey: this.key }),
      manageMasterUserPassword: true,
      vpc: network.vpc,
      vpcSubnets: { subnetGroupName: 'data' },
      securityGroups: [network.database],
      port: PORTS.database,
      multiAz: aws.multiAz,
      allocatedStorage: aws.databaseGb,
      maxAllocatedStorage: 4 * aws.databaseGb,
      storageType: StorageType.GP3,
      storageEncrypted: true,
      ...encryption,
      iamAuthentication: true,
      caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
      parameterGroup: new ParameterGroup(this, 'Parameters', { engine: ENGINE, parameters: PARAMETERS }),
      backupRetention: Duration.days(BACKUP_DAYS),
      copyTagsToSnapshot: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      deleteAutomatedBackups: false,
      autoMinorVersionUpgrade: true,
      cloudwatchLogsExports: ['postgresql'],
    });
    database.node.addDependency(this.#log(settings, instanceIdentifier));
    if (!aws.multiAz)
      accept(database, 'RDS3', 'A second zone doubles the price; -c multiAz=true when that is worth it.');
    accept(
      database,
      'RDS11',
      'A port of our own hides nothing from inside the network, and the network lets nobody else in.',
    );
    return database;
  }
  #log(settings: StageSettings, instance: string): LogGroup {
    return stageLog(this, 'Log', { logGroupName: `/aws/rds/instance/${instance}/postgresql`, settings, key: this.key });
  }

  /** Minutes as they came, which the gateway writes before anything else; they survive its task. */
  #addJournal(network: Network): FileSystem {
    return new FileSystem(this, 'Journal', {
      vpc: network.vpc,
      vpcSubnets: { subnetGroupName: 'data' },
      securityGroup: network.files,
      encrypted: true,
      ...(this.key === undefined ? {} : { kmsKey: this.key }),
      enableAutomaticBackups: true,
      allowAnonymousAccess: false,
      lifecyclePolicy: LifecyclePolicy.AFTER_30_DAYS,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  #addImages(repositoryName: string): void {
    new Repository(this, repositoryName.replaceAll('/', '-'), {
      repositoryName,
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      lifecycleRules: [{ maxImageCount: IMAGES_KEPT }],
      ...(this.key === undefined ? {} : { encryption: RepositoryEncryption.KMS, encryptionKey: this.key }),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  #watchDatabase(databaseGb: number): void {
    const topic = Topic.fromTopicArn(this, 'Alarms', alarmTopicArn(this));
    const period = Duration.minutes(5);
    const runbook = 'Runbook: docs/runbooks/database.md';
    addAlarm(this, 'ProcessorAlarm', {
      metric: this.database.metricCPUUtilization({ period }),
      threshold: 85,
      evaluationPeriods: 3,
      description: `The database has been above 85 % of its processor. ${runbook}`,
      topic,
    });
    addAlarm(this, 'ConnectionAlarm', {
      metric: this.database.metricDatabaseConnections({ period, statistic: 'Maximum' }),
      threshold: DATABASE_CONNECTIONS.max - DATABASE_CONNECTIONS.reserved,
      description: `The database has as many connections as functions and gateway may open. ${runbook}`,
      topic,
    });
    addAlarm(this, 'SpaceAlarm', {
      metric: this.database.metricFreeStorageSpace({ period, statistic: 'Minimum' }),
      threshold: (databaseGb / 10) * GIB,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      description: `Less than a tenth of the database's disk is free. ${runbook}`,
      topic,
    });
  }
}
