/**
 * GetRandomPassword: characters of each allowed kind, each kind at least once unless told otherwise.
 */

import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { invalidParameter } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { optional } from '../shapes.ts';

const LENGTH_DEFAULT = 32;
const LENGTH_MAX = 4_096;

const input = z.object({
  PasswordLength: optional(z.int()),
  ExcludeCharacters: optional(z.string().max(4_096)),
  ExcludeNumbers: optional(z.boolean()),
  ExcludePunctuation: optional(z.boolean()),
  ExcludeUppercase: optional(z.boolean()),
  ExcludeLowercase: optional(z.boolean()),
  IncludeSpace: optional(z.boolean()),
  RequireEachIncludedType: optional(z.boolean()),
});
type Input = z.infer<typeof input>;

export const getRandomPassword = operation({
  audit: 'none',
  input,
  perform: (request) => ({ RandomPassword: randomPassword(request) }),
});

function randomPassword(request: Input): string {
  const length = request.PasswordLength ?? LENGTH_DEFAULT;
  if (length < 1 || length > LENGTH_MAX) {
    throw invalidParameter(`Password length must be between 1 and ${LENGTH_MAX} characters.`);
  }
  const kinds = kindsOf(request);
  const space = request.IncludeSpace === true ? withoutExcluded(' ', request) : '';
  const all = kinds.join('') + space;
  const required = (request.RequireEachIncludedType ?? true) ? kinds : [];
  if (all === '') throw invalidParameter('All characters have been excluded from selection.');
  if (required.includes('')) throw invalidParameter('All characters of the desired type have been excluded.');
  if (required.length > length) throw invalidParameter('Password length is too short based on the required types.');
  const characters = required.map(pick);
  while (characters.length < length) characters.push(pick(all));
  return shuffled(characters).join('');
}

/** A kind that is switched off is not there; one whose characters are all excluded is empty. */
function kindsOf(request: Input): string[] {
  const kinds: [boolean | undefined, string][] = [
    [request.ExcludeUppercase, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
    [request.ExcludeLowercase, 'abcdefghijklmnopqrstuvwxyz'],
    [request.ExcludeNumbers, '0123456789'],
    [request.ExcludePunctuation, '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
  ];
  return kinds.filter(([isOff]) => isOff !== true).map(([, characters]) => withoutExcluded(characters, request));
}

function withoutExcluded(characters: string, { ExcludeCharacters: excluded = '' }: Input): string {
  return characters
    .split('')
    .filter((character) => !excluded.includes(character))
    .join('');
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

/** Fisher and Yates, so that the required characters are not always first. */
function shuffled(characters: string[]): string[] {
  for (let at = characters.length - 1; at > 0; at -= 1) {
    const other = randomInt(at + 1);
    [characters[at], characters[other]] = [characters[other] ?? '', characters[at] ?? ''];
  }
  return characters;
}
