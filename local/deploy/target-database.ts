/**
 * The database of a target as its functions will find it: the address and the logins that the target's own secrets hold,
 * and the administrator that the server came with.
 *
 * Throws Problem: nothing deployed, another account, or a secret that is missing or says something else.
 */

import * as z from 'zod';
import { createSecrets, createSecretsClient } from '../../shared/adapters/secrets/secrets-manager.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { readDatabaseAccess } from '../../shared/contracts/credentials.v1.ts';
import type { CredentialSource } from '../../shared/ports/credential-source.ts';
import { SecretAccessError, type Secrets } from '../../shared/ports/secrets.ts';
import type { HostAndPort } from '../../shared/runtime/addresses.ts';
import { DATABASE_NAME, type Login, LOGIN_SECRETS } from '../database/connect.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, EXIT_USAGE, Problem } from '../problem.ts';
import { callerAccount, openAccount } from './account.ts';
import { probeEmulator } from './emulator-probe.ts';
import { emulatorPlace, type Place } from './place.ts';
import { readTargetFile, requireDeployed } from './target-file.ts';
import type { TargetName } from './targets.ts';

export interface TargetDatabase {
  readonly target: TargetName;
  readonly place: Place;
  /** As the functions find it. */
  readonly address: HostAndPort;
  readonly secrets: Secrets;
  /** Name or ARN of the secret with the server's administrator. */
  readonly administrator: string;
  /** Absent: the administrator of the topology, who is a superuser where the server is ours. */
  readonly master?: CredentialSource<Login>;
  close(): void;
}

export interface TargetDatabaseRequest {
  readonly target: TargetName;
  readonly dataDir: string;
  /** On AWS. Undefined: that of the folder's deployment. */
  readonly region: string | undefined;
  /** Where the folder knows of none. */
  readonly regionElsewhere: () => string;
  /** Undefined: the one that the target is known to have. */
  readonly administrator: string | undefined;
}

/** An output of the stack `Data`. */
const DATA_STACK = 'jules-paper-data';
const ADMINISTRATOR_OUTPUT = 'AdministratorSecret';

export async function openTargetDatabase(request: TargetDatabaseRequest): Promise<TargetDatabase> {
  const { target } = request;
  const place = target === 'aws' ? await accountPlace(request) : await emulatorOf(target, request.dataDir);
  const administrator = request.administrator ?? (await administratorOf(target, place));
  const client = createSecretsClient({
    region: place.region,
    ...(place.endpoint !== null && { endpoint: place.endpoint }),
    ...(place.credentials && { credentials: place.credentials }),
  });
  const secrets = createSecrets({ sources: [{ name: target, client }], clock: systemClock() });
  try {
    const address = await addressIn(secrets);
    const close = () => client.destroy();
    const database = { target, place, address, secrets, administrator, close };
    return administrator === LOGIN_SECRETS.superuser
      ? database
      : { ...database, master: masterLogin(secrets, administrator) };
  } catch (error) {
    client.destroy();
    throw error instanceof SecretAccessError ? secretProblem(error, target) : error;
  }
}

/** What the secret is for, and how it comes to be right. */
export function secretProblem(cause: SecretAccessError, target: TargetName): Problem {
  const deploys = `run ./jules deploy --target ${target}, which makes it and gives it its value`;
  const fix = {
    SECRET_NOT_FOUND: deploys,
    VALUE_INVALID: deploys,
    ACCESS_DENIED: 'use a login that may read the secret and decrypt with its key',
    REQUEST_REFUSED: 'check the name of the secret and the region',
    SECRETS_UNREACHABLE: target === 'aws' ? 'check region and network, then try again' : deploys,
  }[cause.code];
  return new Problem(cause.message, { fix, exitCode: EXIT_DEPENDENCY_DOWN, cause });
}

/** A deployment that is not whole yet will do: its last stack waits for this database. */
async function accountPlace({ dataDir, region: wanted, regionElsewhere }: TargetDatabaseRequest): Promise<Place> {
  const file = readTargetFile(dataDir);
  const known = file?.target === 'aws' ? file : null;
  const region = wanted ?? known?.region ?? regionElsewhere();
  const account = await callerAccount(region);
  if (known === null || (known.account === account && known.region === region)) {
    return { endpoint: null, account, region };
  }
  const there = `account ${known.account}, ${known.region}`;
  throw new Problem(`the stacks of ${dataDir} are in ${there}, and this is account ${account}, ${region}`, {
    fix: 'log in to that account (AWS_PROFILE) and leave --region out, or name another folder with --data DIR',
    exitCode: EXIT_USAGE,
  });
}

async function emulatorOf(target: Exclude<TargetName, 'aws'>, dataDir: string): Promise<Place> {
  const { endpoint, region } = requireDeployed(target, dataDir);
  if (endpoint === null) throw new RangeError(`the target file of ${dataDir} gives ${target} no endpoint`);
  await probeEmulator(target, endpoint);
  return emulatorPlace(endpoint, region);
}

/** RDS keeps its master's password in a secret of its own, which its stack names. */
async function administratorOf(target: TargetName, place: Place): Promise<string> {
  if (target !== 'aws') return LOGIN_SECRETS.superuser;
  const account = openAccount(place);
  try {
    const stack = await account.stack(DATA_STACK);
    const administrator = stack?.outputs[ADMINISTRATOR_OUTPUT];
    if (administrator !== undefined) return administrator;
    const missing = stack === null ? 'there is no stack' : `no output ${ADMINISTRATOR_OUTPUT} has the stack`;
    throw new Problem(`${missing} ${DATA_STACK} in account ${place.account}, ${place.region}`, {
      fix: 'run ./jules deploy --target aws, or name the secret of the administrator with --admin-secret ARN',
      exitCode: EXIT_DEPENDENCY_DOWN,
    });
  } finally {
    account.close();
  }
}

/** Every login leads to one database, or some function would miss what the others find. */
async function addressIn(secrets: Secrets): Promise<HostAndPort> {
  const names = Object.values(LOGIN_SECRETS);
  const values = await Promise.all(names.map(async (name) => readDatabaseAccess((await secrets.get(name)).text)));
  const [first] = values;
  for (const [at, value] of values.entries()) {
    const secretName = names[at]!;
    if (!value)
      throw invalid(secretName, 'is not access to a database: it has no host, port, database, username and password');
    if (value.database !== DATABASE_NAME) throw elsewhere(secretName, `database '${value.database}'`, DATABASE_NAME);
    const [here, there] = [value, first!].map(({ host, port }) => `${host}:${port}`);
    if (here !== there) throw elsewhere(secretName, `server ${here}`, `${there}, as in ${names[0]}`);
  }
  return { host: first!.host, port: first!.port };
}

function elsewhere(name: string, given: string, wanted: string): Problem {
  return new Problem(`secret ${name} names ${given}, not ${wanted}`, {
    fix: 'put a value whose host, port and database are those of the other logins',
    exitCode: EXIT_FAILED,
  });
}

/** As RDS writes it: who, and the password. */
const masterSchema = z.object({ username: z.string().min(1), password: z.string().min(1) });

function masterLogin(secrets: Secrets, name: string): CredentialSource<Login> {
  return {
    current: async () => masterIn((await secrets.get(name)).text, name),
    async renewed(refused) {
      const fresh = masterIn((await secrets.refetch(name)).text, name);
      return fresh.username === refused.username && fresh.password === refused.password ? null : fresh;
    },
  };
}

function masterIn(text: string, name: string): Login {
  const login = masterSchema.safeParse(parsed(text)).data;
  if (login !== undefined) return login;
  throw invalid(name, 'is not a login: it has no username and password');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function invalid(secretName: string, message: string): SecretAccessError {
  return new SecretAccessError(message, { code: 'VALUE_INVALID', secretName, retryable: false });
}
