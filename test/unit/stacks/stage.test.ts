/**
 * What every template promises: queues, mappings, roles, retention, and that AWS has whatever an emulator goes without.
 */

import { describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, topology } from '../../../shared/topology.ts';
import { roleStatements } from '../../support/aws/iam.ts';
import { LOCAL, PAPER, type Resource, synthesize } from '../../support/stack/stacks.ts';

const EVERYTHING = 'keys,concurrency,url,rotation,logMetrics,math,dashboard';
const paper = synthesize(PAPER);
const local = synthesize(LOCAL);
const bare = synthesize({ ...LOCAL, skip: EVERYTHING });
const table = topology();
const specs = Object.values(table.queues);

const nameOf = ({ Properties }: Resource) => String(Properties['QueueName']);
const queue = (name: string) => paper.ofType('AWS::SQS::Queue').find((each) => nameOf(each) === name)!;

describe('the stacks of a stage', () => {
  it('are all seven on AWS and four on an emulator', () => {
    const parts = (names: readonly string[]) => names.map((name) => name.replace(/^jules-\w+-/, '')).toSorted();
    expect(parts(local.stackNames)).toEqual(['functions', 'messaging', 'observability', 'secrets']);
    expect(parts(paper.stackNames)).toEqual([
      'compute',
      'data',
      'functions',
      'messaging',
      'network',
      'observability',
      'secrets',
    ]);
  });

  it('leave functions out where nothing can run them', () => {
    const without = synthesize({ ...LOCAL, skip: 'functions' });
    expect(without.ofType('AWS::Lambda::Function')).toEqual([]);
    expect(without.ofType('AWS::SQS::Queue')).toHaveLength(2 * specs.length);
  });

  it('name what they make, the same on both stages', () => {
    expect(namesIn(paper)).toMatchSnapshot('paper');
    expect(namesIn(local)).toMatchSnapshot('local');
  });

  it('import nothing from each other on an emulator, where there are no keys', () => {
    expect(JSON.stringify(synthesize({ ...LOCAL, skip: 'keys' }).resources)).not.toContain('Fn::ImportValue');
  });

  it('hold no address, account or region of their own', () => {
    expect(JSON.stringify(paper.resources)).not.toMatch(/000000000000|us-east-1|127\.0\.0\.1:\d+\/(?!readyz|healthz)/);
  });
});

/** Names that people and programs use; logical ids are the library's business. */
function namesIn({ resources }: { resources: readonly Resource[] }): string[] {
  const named = /^(QueueName|FunctionName|LogGroupName|TopicName|DashboardName|RepositoryName|DBInstanceIdentifier)$/;
  return resources
    .flatMap(({ Type, Properties }) =>
      Object.entries(Properties)
        .filter(([key, value]) => (named.test(key) || isSecretName(Type, key)) && typeof value === 'string')
        .map(([, value]) => `${Type} ${String(value)}`),
    )
    .toSorted();
}

function isSecretName(type: string, key: string): boolean {
  return type === 'AWS::SecretsManager::Secret' && key === 'Name';
}

describe.each(specs)('queue $queueName', (spec) => {
  it('has dead letters that outlive it', () => {
    const { Properties } = queue(spec.queueName);
    const redrive = Properties['RedrivePolicy'] as {
      deadLetterTargetArn: { 'Fn::GetAtt': [string] };
      maxReceiveCount: number;
    };
    const deadLetters = queue(spec.deadLetterName);
    expect(redrive.deadLetterTargetArn['Fn::GetAtt'][0]).toBe(deadLetters.id);
    expect(redrive.maxReceiveCount).toBeGreaterThanOrEqual(5);
    expect(deadLetters.Properties['MessageRetentionPeriod']).toBeGreaterThan(
      Number(Properties['MessageRetentionPeriod']),
    );
    expect(deadLetters.Properties['FifoQueue']).toBe(true);
  });

  it('hides a message for at least six times as long as its function may take', () => {
    const { VisibilityTimeout } = queue(spec.queueName).Properties;
    const consumer = paper
      .ofType('AWS::Lambda::Function')
      .find((each) => each.Properties['FunctionName'] === `jules-${spec.consumer}`);
    const timeout = consumer === undefined ? spec.functionTimeoutMs / 1_000 : Number(consumer.Properties['Timeout']);
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout);
  });

  it.each([spec.queueName, spec.deadLetterName])('keeps %s under a key of ours and talks TLS only', (name) => {
    const { id, Properties } = queue(name);
    expect(Properties['KmsMasterKeyId']).toMatchObject({ 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] });
    const policy = paper
      .ofType('AWS::SQS::QueuePolicy')
      .find((each) => JSON.stringify(each.Properties['Queues']).includes(`"${id}"`));
    expect(JSON.stringify(policy?.Properties['PolicyDocument'])).toContain(
      '{"Action":"sqs:*","Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny"',
    );
  });

  it('raises an alarm for its age and for its first dead letter', () => {
    expect(alarmsOn(spec.queueName)).toEqual(['ApproximateAgeOfOldestMessage']);
    expect(alarmsOn(spec.deadLetterName)).toEqual(['ApproximateNumberOfMessagesVisible']);
  });

  function alarmsOn(name: string): unknown[] {
    const { id } = queue(name);
    return paper
      .ofType('AWS::CloudWatch::Alarm')
      .filter(
        ({ stack, Properties }) =>
          stack === 'messaging' && JSON.stringify(Properties['Dimensions']).includes(`"${id}"`),
      )
      .filter(({ Properties }) => (Properties['AlarmActions'] as unknown[]).length === 1)
      .map(({ Properties }) => Properties['MetricName']);
  }
});

describe('functions', () => {
  const functions = paper.ofType('AWS::Lambda::Function');

  it('are those of the topology, on Node 24 and arm64', () => {
    expect(functions.map(({ Properties }) => String(Properties['FunctionName'])).toSorted()).toEqual(
      FUNCTION_NAMES.map((name) => `jules-${name}`).toSorted(),
    );
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
    }
  });

  it('are called by every queue but the gateway’s, failing message by message', () => {
    const mappings = paper.ofType('AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(specs.filter(({ consumer }) => consumer !== 'gateway').length);
    for (const { Properties } of mappings) {
      expect(Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
      expect(Properties['BatchSize']).toBeLessThanOrEqual(10);
      expect(Properties['MaximumBatchingWindowInSeconds']).toBeUndefined();
      expect((Properties['ScalingConfig'] as { MaximumConcurrency: number }).MaximumConcurrency).toBeGreaterThanOrEqual(
        2,
      );
    }
  });

  it('never run more at once than the database has connections for', () => {
    for (const { Properties } of functions) {
      const name = String(Properties['FunctionName']).replace('jules-', '') as (typeof FUNCTION_NAMES)[number];
      expect(Properties['ReservedConcurrentExecutions']).toBe(table.functions[name].concurrencyMax);
    }
    const { Properties: group } = paper.ofType('AWS::RDS::DBParameterGroup')[0]!;
    const most = Object.values(table.functions).reduce(
      (sum, each) => sum + each.concurrencyMax * each.connectionsMax,
      0,
    );
    expect(Number((group['Parameters'] as Record<string, string>)['max_connections'])).toBeGreaterThan(most);
  });

  it('each raise alarms for errors and throttles, and those of a queue for what they park', () => {
    const alarms = paper.ofType('AWS::CloudWatch::Alarm').filter(({ stack }) => stack === 'functions');
    const on = (metric: string) => alarms.filter(({ Properties }) => Properties['MetricName'] === metric).length;
    expect(on('Errors')).toBe(functions.length);
    expect(on('Throttles')).toBe(functions.length);
    const parked = alarms.filter(({ Properties }) => String(Properties['MetricName']).startsWith('Quarantined/'));
    expect(parked).toHaveLength(paper.ofType('AWS::Lambda::EventSourceMapping').length);
    expect(paper.ofType('AWS::Logs::MetricFilter')).toHaveLength(parked.length);
  });

  it('are called by the clock for every schedule, and silence is an alarm', () => {
    const rules = paper.ofType('AWS::Events::Rule');
    expect(rules.map(({ Properties }) => String(Properties['ScheduleExpression'])).toSorted()).toEqual(
      table.schedules.map(({ expression }) => expression).toSorted(),
    );
    const overdue = paper
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties['Namespace'] === 'AWS/Events');
    expect(overdue.map(({ Properties }) => Properties['TreatMissingData'])).toEqual(rules.map(() => 'breaching'));
  });

  it('show the page to nobody who has not signed', () => {
    const [url] = paper.ofType('AWS::Lambda::Url');
    expect(url?.Properties['AuthType']).toBe('AWS_IAM');
    expect(paper.ofType('AWS::Lambda::Permission').map(({ Properties }) => Properties['Principal'])).not.toContain('*');
  });

  it('speak TLS to the database, whose certificate they check', () => {
    for (const { Properties } of functions) {
      expect((Properties['Environment'] as { Variables: object }).Variables).toMatchObject({
        PGSSLMODE: 'verify-full',
      });
    }
  });

  it('find an emulator by the SDK’s own variable and by nothing else', () => {
    const { Properties } = synthesize({ ...LOCAL, endpoint: 'http://127.0.0.1:4566' }).ofType(
      'AWS::Lambda::Function',
    )[0]!;
    expect((Properties['Environment'] as { Variables: object }).Variables).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    });
    expect(JSON.stringify(functions)).not.toContain('AWS_ENDPOINT_URL');
  });
});

describe('roles', () => {
  /** Calls that AWS lets nobody tie to a resource; none of them reads or changes data of ours. */
  const UNTIED =
    /^(ec2:\w*NetworkInterface\w*|ec2:DescribeSubnets|ec2:\w+PrivateIpAddresses|ecr:GetAuthorizationToken|secretsmanager:GetRandomPassword|ecs:DiscoverPollEndpoint|ecs:\w+|logs:CreateLogStream|logs:PutLogEvents)$/;

  it('name resources: a lone star stands only where AWS takes nothing else', () => {
    const untied = roleStatements(paper).filter(({ resources }) => resources.includes('*'));
    const others = untied.flatMap(({ where, actions }) =>
      actions.filter((action) => !UNTIED.test(action)).map((action) => `${where} ${action}`),
    );
    expect(others).toEqual([]);
    expect(untied.length).toBeGreaterThan(0);
  });

  it('have no star for an action on data', () => {
    const starred = roleStatements(paper).flatMap(({ where, actions }) =>
      actions
        .filter((action) => /^(sqs|secretsmanager|kms|s3|rds-db|elasticfilesystem|lambda|sns):.*\*/.test(action))
        .map((action) => `${where} ${action}`),
    );
    expect(starred).toEqual([]);
  });

  it('read only the secrets that their function is given', () => {
    for (const spec of Object.values(table.functions)) {
      const mine = roleStatements(paper).filter(({ where }) =>
        where.startsWith(`functions/${spec.name.replace('-', '')}Role`),
      );
      const read = mine.filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));
      expect(read.length).toBeGreaterThan(0);
      if (spec.name === 'rotate-secrets') continue;
      expect(read.flatMap(({ resources }) => resources)).toHaveLength(spec.reads.length);
    }
  });
});

describe('what stays', () => {
  const KEPT = [
    'AWS::KMS::Key',
    'AWS::SecretsManager::Secret',
    'AWS::Logs::LogGroup',
    'AWS::EFS::FileSystem',
    'AWS::ECR::Repository',
    'AWS::S3::Bucket',
  ];

  it.each(KEPT)('on paper, %s outlives its stack and not a failed creation', (type) => {
    const found = paper.ofType(type);
    expect(found.length).toBeGreaterThan(0);
    for (const { DeletionPolicy } of found) expect(DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('leaves a snapshot of the database, which nobody deletes by mistake', () => {
    const [database] = paper.ofType('AWS::RDS::DBInstance');
    expect(database).toMatchObject({
      DeletionPolicy: 'Snapshot',
      Properties: { DeletionProtection: true, StorageEncrypted: true, MultiAZ: false, PubliclyAccessible: false },
    });
  });

  it('names the secret in which RDS keeps the password of its master, for whoever prepares the database', () => {
    const [{ id }] = paper.ofType('AWS::RDS::DBInstance') as [Resource];
    expect(paper.outputsOf('data')).toMatchObject({
      AdministratorSecret: { 'Fn::GetAtt': [id, 'MasterUserSecret.SecretArn'] },
    });
  });

  it('keeps dead letters on paper, and queues that the outbox can fill again not', () => {
    for (const spec of specs) {
      expect(queue(spec.deadLetterName).DeletionPolicy).toBe('RetainExceptOnCreate');
      expect(queue(spec.queueName).DeletionPolicy).toBe('Delete');
    }
  });

  it('is nothing on an emulator', () => {
    const kept = local.resources.filter(
      ({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete',
    );
    expect(kept).toEqual([]);
  });

  it('is logs for a year on paper and for days on an emulator', () => {
    const days = (of: typeof paper) =>
      new Set(of.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties['RetentionInDays']));
    expect(days(paper)).toEqual(new Set([365]));
    expect(days(local)).toEqual(new Set([3]));
  });
});

describe('what an emulator may go without', () => {
  const types = (of: typeof paper) => new Set(of.resources.map(({ Type }) => Type));

  it('is all there on AWS', () => {
    const leftOut = [...types(local)].filter((type) => !types(bare).has(type));
    expect(leftOut.toSorted()).toEqual(
      [
        'AWS::CloudWatch::Dashboard',
        'AWS::IAM::ManagedPolicy',
        'AWS::KMS::Key',
        'AWS::Lambda::Url',
        'AWS::Logs::MetricFilter',
        'AWS::SecretsManager::RotationSchedule',
      ].toSorted(),
    );
    for (const type of types(local)) expect(types(paper)).toContain(type);
  });

  it.each([
    ['alarms on a sum of metrics', (each: Resource) => each.Properties['Metrics'] !== undefined],
    ['reserved concurrency', (each: Resource) => each.Properties['ReservedConcurrentExecutions'] !== undefined],
    ['concurrency of mappings', (each: Resource) => each.Properties['ScalingConfig'] !== undefined],
  ])('includes %s', (_, isIt) => {
    expect(bare.resources.filter(isIt)).toEqual([]);
    expect(local.resources.filter(isIt).length).toBeGreaterThan(0);
    expect(paper.resources.filter(isIt).length).toBeGreaterThanOrEqual(local.resources.filter(isIt).length);
  });

  it('is never left out of what is deployed to AWS', () => {
    expect(() => synthesize({ ...PAPER, skip: 'rotation' })).toThrow(
      "skip is 'rotation': stage paper is AWS and leaves nothing out",
    );
  });
});
