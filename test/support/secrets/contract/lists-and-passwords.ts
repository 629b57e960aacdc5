/**
 * Contract: lists with filters and pages, several values at once, random passwords.
 */

import { expect } from 'vitest';
import { type Answer, type ContractCase, contractCase, type Subject } from './subject.ts';

interface Listed {
  readonly Name: string;
}

async function names(s: Subject, input: Answer): Promise<string[]> {
  return ((await s.ok('ListSecrets', input))['SecretList'] as Listed[]).map(({ Name }) => Name);
}

/** Three secrets under a prefix of their own, oldest first. */
async function family(s: Subject) {
  const prefix = s.name('family');
  const made: [string, Answer][] = [
    ['b', { Description: 'Blue database password' }],
    ['a', { Description: 'red broker key', Tags: [{ Key: 'colour', Value: 'red' }] }],
    ['c', { Tags: [{ Key: 'colours', Value: 'reddish' }] }],
  ];
  for (const [name, input] of made) {
    await s.ok('CreateSecret', { Name: `${prefix}/${name}`, SecretString: `value ${name}`, ...input });
  }
  const mine = { Key: 'name', Values: [prefix] };
  return { prefix, mine, of: (...letters: string[]) => letters.map((letter) => `${prefix}/${letter}`) };
}

async function password(s: Subject, input: Answer = {}): Promise<string> {
  return String((await s.ok('GetRandomPassword', input))['RandomPassword']);
}

export const LIST_CASES: readonly ContractCase[] = [
  contractCase('ListSecrets', 'filters by prefix of the name', async (s) => {
    const { mine, prefix, of } = await family(s);
    expect((await names(s, { Filters: [mine] })).sort()).toEqual(of('a', 'b', 'c'));
    expect(await names(s, { Filters: [{ Key: 'name', Values: [`${prefix}/a`] }] })).toEqual(of('a'));
    expect(await names(s, { Filters: [{ Key: 'name', Values: [prefix.toUpperCase()] }] })).toEqual([]);
  }),
  contractCase('ListSecrets', 'filters by tags and description', async (s) => {
    const { mine, of } = await family(s);
    const filtered = async (Key: string, ...Values: string[]) =>
      (await names(s, { Filters: [mine, { Key, Values }] })).sort();
    expect(await filtered('tag-key', 'colour')).toEqual(of('a', 'c'));
    expect(await filtered('tag-value', 'reddi')).toEqual(of('c'));
    expect(await filtered('description', 'blue')).toEqual(of('b'));
    expect(await filtered('all', 'red')).toEqual(of('a', 'c'));
  }),
  contractCase('ListSecrets', 'joins values by or, filters by and, and turns a value with ! round', async (s) => {
    const { mine, prefix, of } = await family(s);
    const either = { Key: 'name', Values: [`${prefix}/a`, `${prefix}/b`] };
    expect((await names(s, { Filters: [mine, either] })).sort()).toEqual(of('a', 'b'));
    expect(await names(s, { Filters: [either, { Key: 'tag-key', Values: ['colour'] }] })).toEqual(of('a'));
    expect((await names(s, { Filters: [mine, { Key: 'name', Values: [`!${prefix}/a`] }] })).sort()).toEqual(
      of('b', 'c'),
    );
  }),
  contractCase('ListSecrets', 'comes in the order that is asked for', async (s) => {
    const { mine, of } = await family(s);
    const sorted = (SortBy: string, SortOrder: string) => names(s, { Filters: [mine], SortBy, SortOrder });
    expect(await sorted('name', 'asc')).toEqual(of('a', 'b', 'c'));
    expect(await sorted('name', 'desc')).toEqual(of('c', 'b', 'a'));
    expect(await sorted('created-date', 'asc')).toEqual(of('b', 'a', 'c'));
    expect(await sorted('created-date', 'desc')).toEqual(of('c', 'a', 'b'));
  }),
  contractCase('ListSecrets', 'comes in pages', async (s) => {
    const { mine, of } = await family(s);
    const first = await s.ok('ListSecrets', { Filters: [mine], MaxResults: 2 });
    const second = await s.ok('ListSecrets', { Filters: [mine], MaxResults: 2, NextToken: first['NextToken'] });
    const listed = [first, second].flatMap((page) => (page['SecretList'] as Listed[]).map(({ Name }) => Name));
    expect(listed.sort()).toEqual(of('a', 'b', 'c'));
    expect(second).not.toHaveProperty('NextToken');
  }),
  contractCase('ListSecrets', 'refuses a token that it did not give', async (s) => {
    await s.refused('ListSecrets', { NextToken: 'bogus' }, 'InvalidNextTokenException');
  }),
  contractCase('ListSecrets', 'leaves out what awaits deletion unless asked', async (s) => {
    const { mine, prefix, of } = await family(s);
    await s.ok('DeleteSecret', { SecretId: `${prefix}/a` });
    expect((await names(s, { Filters: [mine] })).sort()).toEqual(of('b', 'c'));
    expect((await names(s, { Filters: [mine], IncludePlannedDeletion: true })).sort()).toEqual(of('a', 'b', 'c'));
  }),
  contractCase('ListSecrets', 'refuses an unknown filter', async (s) => {
    const filter = { Key: 'colour', Values: ['red'] };
    await s.refused('ListSecrets', { Filters: [filter] }, 'ValidationException', /filters\.1\.member\.key/);
  }),
  contractCase('BatchGetSecretValue', 'gives values by id, and errors for the rest', async (s) => {
    const { of } = await family(s);
    const missing = s.name();
    const answer = await s.ok('BatchGetSecretValue', { SecretIdList: [...of('a', 'b'), missing] });
    const values = answer['SecretValues'] as { Name: string; SecretString: string }[];
    expect(values.map(({ Name, SecretString }) => [Name, SecretString])).toEqual([
      [of('a')[0], 'value a'],
      [of('b')[0], 'value b'],
    ]);
    expect(answer['Errors']).toMatchObject([{ SecretId: missing, ErrorCode: 'ResourceNotFoundException' }]);
  }),
  contractCase('BatchGetSecretValue', 'gives values by filter, in pages', async (s) => {
    const { mine } = await family(s);
    const first = await s.ok('BatchGetSecretValue', { Filters: [mine], MaxResults: 2 });
    expect(first['SecretValues']).toHaveLength(2);
    const next = { Filters: [mine], MaxResults: 2, NextToken: first['NextToken'] };
    expect((await s.ok('BatchGetSecretValue', next))['SecretValues']).toHaveLength(1);
  }),
  contractCase('BatchGetSecretValue', 'wants either ids or filters', async (s) => {
    const { mine, of } = await family(s);
    await s.refused('BatchGetSecretValue', { SecretIdList: of('a'), Filters: [mine] }, 'InvalidParameterException');
    await s.refused('BatchGetSecretValue', { SecretIdList: of('a'), MaxResults: 2 }, 'InvalidParameterException');
  }),
  contractCase('GetRandomPassword', 'has 32 characters of every kind', async (s) => {
    const text = await password(s);
    expect(text).toHaveLength(32);
    for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(text).toMatch(kind);
    expect(text).not.toContain(' ');
    expect(await password(s)).not.toBe(text);
  }),
  contractCase('GetRandomPassword', 'leaves out what it is asked to', async (s) => {
    expect(await password(s, { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true })).toMatch(
      /^\d{32}$/,
    );
    expect(await password(s, { PasswordLength: 4_096, ExcludeCharacters: 'aA0!"\\]' })).not.toMatch(/[aA0!"\\\]]/);
    expect(await password(s, { ExcludeNumbers: true, PasswordLength: 500 })).not.toMatch(/\d/);
  }),
  contractCase('GetRandomPassword', 'has spaces only when asked', async (s) => {
    expect(await password(s, { PasswordLength: 4_096, IncludeSpace: true })).toContain(' ');
  }),
  contractCase('GetRandomPassword', 'may do without a kind when each is not required', async (s) => {
    expect(await password(s, { PasswordLength: 1, RequireEachIncludedType: false })).toHaveLength(1);
    await s.refused(
      'GetRandomPassword',
      { PasswordLength: 3 },
      'InvalidParameterException',
      /Password length is too short based on the required types/,
    );
  }),
  contractCase('GetRandomPassword', 'refuses lengths that no password has', async (s) => {
    await s.refused('GetRandomPassword', { PasswordLength: 4_097 }, 'InvalidParameterException');
  }),
  contractCase('GetRandomPassword', 'refuses to choose from nothing', async (s) => {
    const nothing = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true, ExcludePunctuation: true };
    await s.refused('GetRandomPassword', nothing, 'InvalidParameterException');
    await s.refused('GetRandomPassword', { ExcludeCharacters: '0123456789' }, 'InvalidParameterException');
  }),
];
