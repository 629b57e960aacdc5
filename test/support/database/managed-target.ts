/**
 * What `jules migrate --target aws` finds: a managed server, the secrets as the stacks make them in a real endpoint, and a
 * stand-in for the questions to STS and CloudFormation.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Client } from 'pg';
import { runCli } from '../../../local/cli/program.ts';
import { createSecretsClient } from '../../../shared/adapters/secrets/secrets-manager.ts';
import { type DatabaseAccess, readDatabaseAccess } from '../../../shared/contracts/credentials.v1.ts';
import { SECRETS } from '../../../shared/topology.ts';
import { callerOf, describedStack, startAwsAnswers, TEMPLATED } from '../aws/aws-answers.ts';
import { fakeTerminal } from '../stack/fake-terminal.ts';
import { type ManagedServer, MASTER, startManagedServer } from './managed-server.ts';
import { ACCESS_KEY, REGION, startTestEndpoint, type TestEndpoint } from '../secrets/endpoints.ts';
import { PAPER, type Synthesis, synthesize } from '../stack/stacks.ts';

export const LOGINS = [SECRETS.databaseOwner.name, SECRETS.databaseApp.name, SECRETS.databaseReader.name] as const;
export const ADMIN = SECRETS.databaseAdmin.name;
export const MASTER_SECRET = 'rds!db-11111111-2222-3333-4444-555555555555';
export const ACCOUNT = '111122223333';
/** Where the secrets say the server is, and what its certificate is for; the tests go there by its address. */
const HOST = 'localhost';

export interface MigrateOptions {
  readonly args?: readonly string[];
  readonly at?: string;
  /** Null: nobody can be asked. */
  readonly answer?: string | null;
  readonly withoutCa?: boolean;
}

export interface Migrated {
  readonly code: number;
  readonly notes: string;
  readonly data: string;
}

interface Parts {
  readonly server: ManagedServer;
  readonly client: SecretsManagerClient;
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

type Invoke = (event: unknown) => Promise<void>;

export class ManagedTarget {
  /** Of the process that migrates. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the endpoint calls to rotate. */
  rotate: Invoke = async () => undefined;
  readonly said: string[] = [];
  readonly server: ManagedServer;
  readonly client: SecretsManagerClient;
  readonly #folder = mkdtempSync(join(tmpdir(), 'jules-migrate-'));
  readonly #ca: string;
  readonly #close: () => Promise<void>;

  private constructor(parts: Parts) {
    this.server = parts.server;
    this.client = parts.client;
    this.environment = parts.environment;
    this.#close = parts.close;
    this.#ca = join(this.#folder, 'bundle.pem');
    writeFileSync(this.#ca, parts.server.authority);
  }

  static async start(): Promise<ManagedTarget> {
    const server = await startManagedServer([HOST]);
    const place: { target?: ManagedTarget } = {};
    const invoke = async (_arn: string, event: unknown): Promise<void> => place.target?.rotate(event);
    const endpoint = await startTestEndpoint({ invoker: { invoke } });
    const client = createSecretsClient({ region: REGION, endpoint: endpoint.url, credentials: ACCESS_KEY });
    const stacks = synthesize(PAPER);
    await makeSecrets(stacks, client, server.port);
    const SecretString = JSON.stringify(MASTER);
    const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: MASTER_SECRET, SecretString }));
    const aws = await startAwsAnswers({
      GetCallerIdentity: callerOf(ACCOUNT),
      DescribeStacks: describedStack('jules-paper-data', 'CREATE_COMPLETE', outputsOf(stacks, ARN)),
      GetTemplate: TEMPLATED,
    });
    const close = async (): Promise<void> => {
      aws.close();
      client.destroy();
      await endpoint.stop();
      await server.stop();
    };
    place.target = new ManagedTarget({ server, client, environment: environmentFor(endpoint, aws.url), close });
    return place.target;
  }

  async migrate({ args = [], at, answer = null, withoutCa = false }: MigrateOptions = {}): Promise<Migrated> {
    const terminal = fakeTerminal(answer);
    const trusts = withoutCa ? [] : ['--ca', this.#ca];
    const data = ['--data', join(this.#folder, 'data')];
    const way = ['--server', at ?? `127.0.0.1:${this.server.port}`];
    const command = ['migrate', '--target', 'aws', ...way, ...data, ...trusts, ...args];
    const code = await runCli(command, { terminal, env: { HOME: this.#folder, AWS_REGION: REGION } });
    const end = { code, notes: terminal.notes.join('\n'), data: terminal.data.join('\n') };
    this.said.push(end.notes, end.data);
    return end;
  }

  async textOf(SecretId: string): Promise<string> {
    return (await this.client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
  }

  async accessOf(name: string): Promise<DatabaseAccess> {
    const access = readDatabaseAccess(await this.textOf(name));
    if (access === null) throw new Error(`${name} is not access to a database`);
    return access;
  }

  async put(SecretId: string, value: object): Promise<void> {
    await this.client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));
  }

  /** Changes part of a value. */
  async alter(name: string, change: object): Promise<void> {
    await this.put(name, { ...(JSON.parse(await this.textOf(name)) as object), ...change });
  }

  /** As a function asks: at the address in the secret, with the certificate verified. */
  async ask(secret: string, sql: string): Promise<object[]> {
    const { username: user, ...access } = await this.accessOf(secret);
    const session = new Client({ ...access, user, ssl: { ca: this.server.authority } });
    await session.connect();
    try {
      return (await session.query<object>(sql)).rows;
    } finally {
      await session.end();
    }
  }

  /** Everything that a run could change: passwords as they are stored, roles, grants, tables. */
  async snapshot(): Promise<object[]> {
    const tables = 'SELECT oid, relname, relowner, relacl FROM pg_class WHERE oid >= 16384 ORDER BY 1';
    return [
      ...(await this.server.asSuperuser('SELECT * FROM pg_authid ORDER BY oid')),
      ...(await this.server.asSuperuser('SELECT * FROM pg_auth_members ORDER BY oid')),
      ...(await this.server.asSuperuser('SELECT * FROM pg_db_role_setting ORDER BY 1, 2')),
      ...(await this.server.asSuperuser('SELECT datname, datdba, datacl FROM pg_database ORDER BY 1')),
      ...(await this.server.asSuperuser(tables, 'jules')),
    ];
  }

  async stop(): Promise<void> {
    await this.#close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function environmentFor(endpoint: TestEndpoint, awsUrl: string): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ACCESS_KEY.secretAccessKey,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint.url,
    AWS_ENDPOINT_URL_STS: awsUrl,
    AWS_ENDPOINT_URL_CLOUDFORMATION: awsUrl,
  };
}

/** What the template points to the master's secret with, resolved. */
function outputsOf(stacks: Synthesis, masterSecret: string): Record<string, string> {
  const outputs = Object.entries(stacks.outputsOf('data'));
  const isMasters = (value: unknown): boolean => JSON.stringify(value).includes('MasterUserSecret.SecretArn');
  return Object.fromEntries(outputs.filter(([, value]) => isMasters(value)).map(([name]) => [name, masterSecret]));
}

interface Birth {
  readonly SecretStringTemplate: { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
  readonly GenerateStringKey: string;
  readonly PasswordLength: number;
  readonly ExcludePunctuation: boolean;
}

/** As their stack makes them, the database's address put in where the template points to it. */
async function makeSecrets(stacks: Synthesis, client: SecretsManagerClient, port: number): Promise<void> {
  for (const { Properties } of stacks.ofType('AWS::SecretsManager::Secret')) {
    const { Name, GenerateSecretString: born } = Properties as { Name: string; GenerateSecretString?: Birth };
    if (!Name.startsWith('jules/database/') || born === undefined) continue;
    const [, parts] = born.SecretStringTemplate['Fn::Join'];
    const template = parts.map((part) => (typeof part === 'string' ? part : HOST)).join('');
    const value = JSON.parse(template) as Record<string, unknown>;
    const { PasswordLength, ExcludePunctuation } = born;
    const { RandomPassword } = await client.send(new GetRandomPasswordCommand({ PasswordLength, ExcludePunctuation }));
    const SecretString = JSON.stringify({ ...value, port, [born.GenerateStringKey]: RandomPassword });
    await client.send(new CreateSecretCommand({ Name, SecretString }));
  }
}
