/**
 * The filters of ListSecrets and BatchGetSecretValue: all filters must match, any value of one suffices, and a leading
 * exclamation mark turns a value round.
 */

import type { SecretRecord } from '../../vault/store/records.ts';
import type { Filter } from './shapes.ts';

const WORD = /[\s/\-_+=.@]+/;

export function matches(secret: SecretRecord, filters: readonly Filter[]): boolean {
  return filters.every(({ Key, Values }) => Values.some((value) => matchesValue(secret, Key, value)));
}

function matchesValue(secret: SecretRecord, key: Filter['Key'], value: string): boolean {
  const isNegated = value.startsWith('!');
  const wanted = isNegated ? value.slice(1) : value;
  const attributes = attributesOf(secret, key);
  const isPrefix = key === 'all' || key === 'description' ? hasWords : startsWith;
  return attributes.some((attribute) => isPrefix(attribute, wanted)) !== isNegated;
}

function attributesOf({ name, description, tags }: SecretRecord, key: Filter['Key']): string[] {
  const described = description === null ? [] : [description];
  const keys = tags.map((tag) => tag.key);
  const values = tags.map((tag) => tag.value);
  switch (key) {
    case 'name':
      return [name];
    case 'description':
      return described;
    case 'tag-key':
      return keys;
    case 'tag-value':
      return values;
    case 'all':
      return [name, ...described, ...keys, ...values];
    case 'primary-region':
    case 'owning-service':
      // One Region, and no other service owns a secret here.
      return [];
  }
}

function startsWith(attribute: string, wanted: string): boolean {
  return attribute.startsWith(wanted);
}

/** Each wanted word begins a word of the attribute, whatever the case. */
function hasWords(attribute: string, wanted: string): boolean {
  const words = attribute.toLowerCase().split(WORD);
  const wantedWords = wanted.toLowerCase().split(WORD).filter(Boolean);
  return wantedWords.length > 0 && wantedWords.every((each) => words.some((word) => word.startsWith(each)));
}
