/**
 * Finds the secret that an id names: its name, its ARN, or its ARN without the six characters at the end.
 */

import { randomInt } from 'node:crypto';
import type { SecretRecord } from '../../vault/store/records.ts';
import type { Vault } from '../../vault/store/vault.ts';
import { AwsError, markedForDeletion, secretNotFound } from './aws-error.ts';

const SUFFIX_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 6;
const SUFFIX = /-[A-Za-z0-9]{6}$/;
const VALID_NAME = /^[A-Za-z0-9/_+=.@!-]+$/;
const ARN = /^arn:[^:]*:secretsmanager:([^:]*):([^:]*):secret:(.+)$/s;

export interface Realm {
  readonly region: string;
  readonly accountId: string;
}

/** With a new suffix, so that a secret made again under the same name is distinct from the previous one. */
export function newArn(name: string, { region, accountId }: Realm): string {
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_CHARACTERS[randomInt(SUFFIX_CHARACTERS.length)]);
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix.join('')}`;
}

/** Throws AwsError. */
export function checkName(name: string): void {
  if (VALID_NAME.test(name)) return;
  const message =
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!';
  throw new AwsError('ValidationException', message);
}

/** Secrets awaiting deletion included. Throws AwsError ResourceNotFoundException. */
export function findAnySecret(vault: Pick<Vault, 'state'>, secretId: string): SecretRecord {
  const secret = lookUp(vault, secretId);
  if (secret === null) throw secretNotFound();
  return secret;
}

/** Throws AwsError: not found, or awaiting deletion. */
export function findSecret(vault: Pick<Vault, 'state'>, secretId: string): SecretRecord {
  const secret = findAnySecret(vault, secretId);
  if (secret.deletionMs !== null) throw markedForDeletion();
  return secret;
}

/** The name in an id, whether or not there is such a secret. */
export function nameIn(secretId: string): string {
  const resource = ARN.exec(secretId)?.[3];
  return resource === undefined ? secretId : resource.replace(SUFFIX, '');
}

function lookUp({ state }: Pick<Vault, 'state'>, secretId: string): SecretRecord | null {
  const resource = ARN.exec(secretId)?.[3];
  if (resource === undefined) {
    checkName(secretId);
    return state.secrets.get(secretId) ?? null;
  }
  const byFullArn = state.secrets.get(resource.replace(SUFFIX, ''));
  if (byFullArn?.arn === secretId) return byFullArn;
  const byPartialArn = state.secrets.get(resource);
  return byPartialArn?.arn.startsWith(`${secretId}-`) ? byPartialArn : null;
}
