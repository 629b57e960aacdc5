/**
 * Puts the values that the vault holds into the secrets of a target, and leaves alone what is the same already.
 */

import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SecretAccessError, type Secrets } from '../../shared/ports/secrets.ts';
import { SECRET_KEYS, SECRETS } from '../../shared/topology.ts';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../problem.ts';
import type { Place } from './place.ts';

export interface Seeded {
  /** Names of the secrets that have another value now. */
  readonly put: readonly string[];
  /** Names that the vault has no value for. */
  readonly absent: readonly string[];
}

/** Throws Problem naming the secret that was not put. */
export async function seedSecrets(place: Place, secrets: Secrets): Promise<Seeded> {
  const client = new SecretsManagerClient({
    region: place.region,
    ...(place.endpoint !== null && { endpoint: place.endpoint }),
    ...(place.credentials && { credentials: place.credentials }),
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  });
  const put: string[] = [];
  const absent: string[] = [];
  try {
    for (const { name, kind } of SECRET_KEYS.map((key) => SECRETS[key])) {
      // The vault's own keys open the vault and nothing else.
      if (kind === 'encryption_keys') continue;
      const value = await valueOf(secrets, name);
      if (value === null) absent.push(name);
      else if (await putValue(client, name, value)) put.push(name);
    }
    return { put, absent };
  } finally {
    client.destroy();
  }
}

async function valueOf(secrets: Secrets, name: string): Promise<string | null> {
  try {
    return (await secrets.get(name)).text;
  } catch (error) {
    if (error instanceof SecretAccessError && error.code === 'SECRET_NOT_FOUND') return null;
    throw error;
  }
}

/** The message of a refusal could quote the value, so only its code is reported. */
async function putValue(client: SecretsManagerClient, name: string, value: string): Promise<boolean> {
  try {
    if ((await currentValue(client, name)) === value) return false;
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.name : messageOf(error);
    throw new Problem(`secret ${name} was not put: ${why}`, {
      fix: 'run ./jules deploy again, which makes what is missing',
      exitCode: EXIT_DEPENDENCY_DOWN,
    });
  }
}

async function currentValue(client: SecretsManagerClient, name: string): Promise<string | null> {
  try {
    const { SecretString = null } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    return SecretString;
  } catch (error) {
    // Made by its stack and never given a value; one that does not exist at all refuses the value next.
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}
