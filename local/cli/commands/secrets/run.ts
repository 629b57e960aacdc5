/**
 * Looks into the vault and stores values. A value appears on stdout only with --reveal, on a terminal.
 */

import { exchangeTime } from '../../../../shared/domain/calendar/exchange-time.ts';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { AwsError } from '../../../emulators/secrets-manager/aws-error.ts';
import { EXIT_OK, EXIT_USAGE, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { type Call, type VaultOptions, withVault } from './vault.ts';

export interface SecretsOptions extends VaultOptions {
  readonly json?: boolean;
}
export interface ServeOptions extends SecretsOptions {
  readonly port: number;
  readonly lambdaEndpoint?: string;
  readonly region: string;
}
export interface GetOptions extends SecretsOptions {
  readonly reveal?: boolean;
  readonly label?: string;
  readonly versionId?: string;
}
export interface PutOptions extends SecretsOptions {
  readonly file?: string;
  readonly binary?: boolean;
  readonly label?: string;
  readonly description?: string;
}
export interface RotateOptions extends SecretsOptions {
  readonly all?: boolean;
  readonly wait?: boolean;
}
export interface HistoryOptions extends SecretsOptions {
  readonly limit: number;
}
export interface BackupOptions extends SecretsOptions {
  readonly to: string;
  readonly recipient?: string;
}
export interface RestoreOptions extends SecretsOptions {
  readonly from: string;
  readonly identity?: string;
  readonly yes?: boolean;
}

const secretSchema = z.object({
  ARN: z.string(),
  Name: z.string(),
  LastChangedDate: z.number(),
  DeletedDate: z.number().optional(),
  RotationEnabled: z.boolean().optional(),
  NextRotationDate: z.number().optional(),
});
type Secret = z.infer<typeof secretSchema>;

const pageSchema = z.object({ SecretList: z.array(secretSchema), NextToken: z.string().optional() });
const valueSchema = z.object({ SecretString: z.string().optional(), SecretBinary: z.string().optional() });
const putSchema = z.object({ Name: z.string(), VersionId: z.string() });
const historySchema = z.object({
  events: z.array(
    z.object({
      sequence: z.number(),
      atMs: z.number(),
      kind: z.string(),
      operation: z.string(),
      actor: z.string(),
      secret: z.string().nullable(),
      versionId: z.string().nullable(),
      outcome: z.string(),
    }),
  ),
});
const SECRETS_LISTED_MAX = 100_000;
const NAME_WIDTH = 40;

export async function listSecrets(options: SecretsOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const secrets = await withVault(options, context, readAll);
  if (options.json) terminal.out(JSON.stringify(secrets));
  else if (secrets.length === 0) terminal.note('the vault holds no secrets');
  else for (const secret of secrets) terminal.out(row(secret));
  return EXIT_OK;
}

export async function getSecret(name: string, options: GetOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  if (!options.reveal) {
    const secret = await withVault(options, context, (call) =>
      call('secretsmanager.DescribeSecret', { SecretId: name }),
    );
    terminal.out(JSON.stringify(secret, null, options.json ? 0 : 2));
    if (!options.json) terminal.note('the value is not shown: add --reveal on a terminal');
    return EXIT_OK;
  }
  if (!terminal.canAsk) {
    throw new Problem('--reveal shows a value to a person, and this terminal is not interactive', {
      fix: 'run it on a terminal; programs read values through the endpoint',
      exitCode: EXIT_USAGE,
    });
  }
  const input = { SecretId: name, VersionStage: options.label, VersionId: options.versionId };
  const answer = await withVault(options, context, (call) => call('jules.Reveal', input));
  const { SecretString, SecretBinary } = valueSchema.parse(answer);
  terminal.out(SecretString ?? SecretBinary ?? '');
  return EXIT_OK;
}

export async function putSecret(name: string, options: PutOptions, context: CliContext): Promise<number> {
  const value = valueOf(options);
  const stored = await withVault(options, context, (call) => put(name, value, options, call));
  const { Name, VersionId } = putSchema.parse(stored);
  const what = options.label === undefined ? 'a new current version' : `a version with the label ${options.label},`;
  if (options.json) context.terminal.out(JSON.stringify({ name: Name, versionId: VersionId }));
  else context.terminal.out(`${Name} has ${what} ${VersionId}`);
  return EXIT_OK;
}

export async function secretsHistory(
  name: string | undefined,
  options: HistoryOptions,
  context: CliContext,
): Promise<number> {
  const input = { Limit: options.limit, ...(name === undefined ? {} : { SecretId: name }) };
  const answer = await withVault(options, context, (call) => call('jules.History', input));
  const { events } = historySchema.parse(answer);
  if (options.json) context.terminal.out(JSON.stringify(events));
  else for (const each of events) context.terminal.out(eventLine(each));
  return EXIT_OK;
}

async function readAll(call: Call): Promise<Secret[]> {
  const found: Secret[] = [];
  let token: string | undefined;
  do {
    const input = { SortBy: 'name', IncludePlannedDeletion: true, NextToken: token };
    const page = pageSchema.parse(await call('secretsmanager.ListSecrets', input));
    found.push(...page.SecretList);
    token = page.NextToken;
  } while (token !== undefined && found.length < SECRETS_LISTED_MAX);
  return found;
}

/** A new secret where there is none of that name. */
async function put(name: string, value: object, options: PutOptions, call: Call): Promise<unknown> {
  const version = { ...value, ClientRequestToken: randomUUID() };
  try {
    const stages = options.label === undefined ? {} : { VersionStages: [options.label] };
    return await call('secretsmanager.PutSecretValue', { SecretId: name, ...version, ...stages });
  } catch (error) {
    if (options.label !== undefined || !(error instanceof AwsError) || error.code !== 'ResourceNotFoundException')
      throw error;
    return call('secretsmanager.CreateSecret', { Name: name, Description: options.description, ...version });
  }
}

/** From a file or from stdin: an argument could be read by every process of the machine. Throws Problem. */
function valueOf({ file, binary }: PutOptions): object {
  if (file === undefined && process.stdin.isTTY) {
    throw new Problem('put reads the value from stdin, and a terminal would show it', {
      fix: 'name a file with --file, or pipe the value in',
      exitCode: EXIT_USAGE,
    });
  }
  const bytes = readValue(file);
  if (binary) return { SecretBinary: bytes.toString('base64') };
  return { SecretString: bytes.toString('utf8').replace(/\r?\n$/, '') };
}

function readValue(file: string | undefined): Buffer {
  const STDIN = 0;
  try {
    return readFileSync(file ?? STDIN);
  } catch (cause) {
    const fix = 'name a file that can be read with --file, or pipe the value in';
    throw new Problem(`the value cannot be read from ${file ?? 'stdin'}`, { fix, exitCode: EXIT_USAGE, cause });
  }
}

function row(secret: Secret): string {
  const changed = exchangeTime(secret.LastChangedDate * 1_000);
  const state =
    secret.DeletedDate === undefined
      ? rotationOf(secret)
      : `deleted for good on ${exchangeTime(secret.DeletedDate * 1_000)}`;
  return `${secret.Name.padEnd(NAME_WIDTH)}  changed ${changed}  ${state}`.trimEnd();
}

function rotationOf({ RotationEnabled, NextRotationDate }: Secret): string {
  if (RotationEnabled !== true) return '';
  return NextRotationDate === undefined ? 'rotated by hand' : `rotated by ${exchangeTime(NextRotationDate * 1_000)}`;
}

function eventLine(event: z.infer<typeof historySchema>['events'][number]): string {
  const at = exchangeTime(event.atMs);
  const about = event.secret === null ? '' : ` ${event.secret}`;
  const version = event.versionId === null ? '' : ` ${event.versionId}`;
  return `${event.sequence}  ${at}  ${event.actor}  ${event.operation}${about}${version}  ${event.outcome}`;
}
