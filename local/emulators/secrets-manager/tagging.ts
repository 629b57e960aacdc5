/**
 * Tags of a secret: each key once, at most 50, none that AWS reserves.
 */

import type { SecretRecord } from '../../vault/store/records.ts';
import { AwsError, invalidParameter } from './aws-error.ts';

const TAGS_MAX = 50;
const RESERVED = /^aws:/i;

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Throws AwsError. */
export function withTags(secret: SecretRecord, added: readonly Tag[]): SecretRecord {
  const keys = added.map(({ Key }) => Key);
  const repeated = keys.find((key, at) => keys.indexOf(key) !== at);
  if (repeated !== undefined) throw invalidParameter(`Tag key '${repeated}' is given twice.`);
  const reserved = keys.find((key) => RESERVED.test(key));
  if (reserved !== undefined) throw invalidParameter(`Tag key '${reserved}': keys that begin with aws: are reserved.`);
  const tags = [
    ...secret.tags.filter(({ key }) => !keys.includes(key)),
    ...added.map(({ Key, Value }) => ({ key: Key, value: Value })),
  ];
  if (tags.length > TAGS_MAX)
    throw new AwsError('LimitExceededException', `A secret can have at most ${TAGS_MAX} tags.`);
  return { ...secret, tags };
}

export function withoutTags(secret: SecretRecord, keys: readonly string[]): SecretRecord {
  return { ...secret, tags: secret.tags.filter(({ key }) => !keys.includes(key)) };
}
