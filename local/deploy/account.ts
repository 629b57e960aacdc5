/**
 * What an account holds: who is logged in, which stacks exist, and what exists beside them under a name that
 * a stack wants.
 *
 * Throws Problem: no login, nobody there, or no answer in time.
 */

import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../problem.ts';
import { parseTemplate, type TemplateResource } from './assembly.ts';
import type { Place } from './place.ts';
import type { DeployedStack } from './plan.ts';

export interface StackState extends DeployedStack {
  readonly name: string;
  readonly reason: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Account {
  /** Null: there is no such stack. */
  stack(name: string): Promise<StackState | null>;
  /** Logical ids of what a stack has made and not deleted. */
  made(name: string): Promise<Set<string>>;
  /** The failures of a stack's last attempts, newest first. */
  failures(name: string): Promise<string[]>;
  deleteStack(name: string): Promise<void>;
  /** Whether `taken` can tell for this resource. */
  hasName(resource: TemplateResource): boolean;
  /** The name under which this resource exists already; null where it is free or has no name of its own. */
  taken(resource: TemplateResource): Promise<string | null>;
  close(): void;
}

/** Where a look-up may be slow under load and an answer never takes longer. */
const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;
const FAILURES_MAX = 5;

export interface ClientOptions {
  readonly requestTimeoutMs?: number;
}

export function openAccount(place: Place, options: ClientOptions = {}): Account {
  const settings = clientSettings(place, options);
  const [formation, queues, secrets] = [
    new CloudFormationClient(settings),
    new SQSClient(settings),
    new SecretsManagerClient(settings),
  ];
  const ask = <Answer>(work: () => Promise<Answer>) => asking(place, work);
  return {
    stack: (name) => ask(() => readStack(formation, name)),
    made: (name) => ask(() => madeBy(formation, name)),
    failures: (name) => ask(() => failuresOf(formation, name)),
    deleteStack: (name) => ask(async () => void (await formation.send(new DeleteStackCommand({ StackName: name })))),
    hasName: (resource) => ownName(resource) !== null,
    taken: (resource) => ask(() => takenName(resource, { queues, secrets })),
    close() {
      for (const client of [formation, queues, secrets]) client.destroy();
    },
  };
}

/** The account that the login belongs to. Throws Problem when nobody is logged in. */
export async function callerAccount(region: string, options: ClientOptions = {}): Promise<string> {
  const place = { endpoint: null, account: '', region };
  const client = new STSClient(clientSettings(place, options));
  try {
    const { Account: account } = await asking(place, () => client.send(new GetCallerIdentityCommand({})));
    if (account !== undefined) return account;
    throw new Problem('AWS names no account for this login', {
      fix: 'log in again (aws sso login)',
      exitCode: EXIT_DEPENDENCY_DOWN,
    });
  } finally {
    client.destroy();
  }
}

function clientSettings({ endpoint, region, credentials }: Place, { requestTimeoutMs }: ClientOptions) {
  return {
    region,
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  };
}

async function readStack(client: CloudFormationClient, name: string): Promise<StackState | null> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') return null;
    const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName: name }));
    return stateOf(stack, TemplateBody);
  } catch (error) {
    // Also between the two questions: a stack that is being deleted may be gone by the second.
    if (/does not exist/.test(messageOf(error))) return null;
    throw error;
  }
}

function stateOf(stack: Stack, template: string): StackState {
  const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  return {
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? 'UNKNOWN',
    reason: stack.StackStatusReason ?? '',
    outputs: Object.fromEntries(outputs) as Record<string, string>,
    template: parseTemplate(template),
  };
}

async function madeBy(client: CloudFormationClient, name: string): Promise<Set<string>> {
  const made = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: name, ...(NextToken && { NextToken }) }));
    for (const { LogicalResourceId = '', ResourceStatus = '' } of page.StackResourceSummaries ?? []) {
      if (ResourceStatus !== 'DELETE_COMPLETE') made.add(LogicalResourceId);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return made;
}

async function failuresOf(client: CloudFormationClient, name: string): Promise<string[]> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  return StackEvents.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED'))
    .slice(0, FAILURES_MAX)
    .map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason ?? event.ResourceStatus}`);
}

/** Kind and name of what can be looked up by its name. */
function ownName({ Type, Properties = {} }: TemplateResource): { kind: 'queue' | 'secret'; name: string } | null {
  const { QueueName, Name } = Properties;
  if (Type === 'AWS::SQS::Queue' && typeof QueueName === 'string') return { kind: 'queue', name: QueueName };
  if (Type === 'AWS::SecretsManager::Secret' && typeof Name === 'string') return { kind: 'secret', name: Name };
  return null;
}

async function takenName(
  resource: TemplateResource,
  { queues, secrets }: { queues: SQSClient; secrets: SecretsManagerClient },
): Promise<string | null> {
  const own = ownName(resource);
  if (own === null) return null;
  const lookUp =
    own.kind === 'queue'
      ? () => queues.send(new GetQueueUrlCommand({ QueueName: own.name }))
      : () => secrets.send(new DescribeSecretCommand({ SecretId: own.name }));
  return (await exists(lookUp)) ? `${own.kind} ${own.name}` : null;
}

const ABSENT = new Set(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'ResourceNotFoundException']);

async function exists(lookUp: () => Promise<unknown>): Promise<boolean> {
  try {
    await lookUp();
    return true;
  } catch (error) {
    if (error instanceof Error && ABSENT.has(error.name)) return false;
    throw error;
  }
}

async function asking<Answer>(place: Place, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (cause) {
    throw explain(cause, place);
  }
}

function explain(cause: unknown, { endpoint, region }: Place): Problem {
  const name = cause instanceof Error ? cause.name : '';
  const where = endpoint ?? `AWS in ${region}`;
  if (name === 'CredentialsProviderError') {
    return new Problem('no AWS credentials were found', {
      fix: 'log in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
  if (/^(InvalidClientTokenId|UnrecognizedClientException|ExpiredToken|SignatureDoesNotMatch)/.test(name)) {
    return new Problem(`the AWS credentials are not accepted in ${region}: ${messageOf(cause)}`, {
      fix: 'log in again (aws sso login), and check that the region is enabled for the account',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
  if (name === 'TimeoutError') {
    return new Problem(`${where} took the question and did not answer it in time`, {
      fix: 'the endpoint hangs: end its process, then run the command again',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
  return new Problem(`${where} refused: ${messageOf(cause) || name}`, {
    fix:
      endpoint === null
        ? 'check region, network and permissions of the login'
        : 'see whether the emulator still runs; ./jules deploy restarts it',
    exitCode: EXIT_DEPENDENCY_DOWN,
    cause,
  });
}
