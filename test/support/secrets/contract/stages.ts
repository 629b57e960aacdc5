/**
 * Contract: moving staging labels, and lists of versions.
 */

import { expect } from 'vitest';
import { type ContractCase, contractCase, type Subject } from './subject.ts';

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const PENDING = 'AWSPENDING';

async function withPending(s: Subject) {
  const { name, versionId: first } = await s.secret('one');
  const second = await s.put(name, 'two', { VersionStages: [PENDING] });
  return { name, first, second };
}

function versionsOf(answer: unknown): string[] {
  return (answer as { Versions: { VersionId: string }[] }).Versions.map(({ VersionId }) => VersionId);
}

export const STAGE_CASES: readonly ContractCase[] = [
  contractCase('UpdateSecretVersionStage', 'makes another version current, and the old one previous', async (s) => {
    const { name, first, second } = await withPending(s);
    const move = { SecretId: name, VersionStage: CURRENT, RemoveFromVersionId: first, MoveToVersionId: second };
    await s.ok('UpdateSecretVersionStage', move);
    const stages = (await s.stages(name)) as Record<string, string[]>;
    expect(stages[first]).toEqual([PREVIOUS]);
    expect([...(stages[second] ?? [])].sort()).toEqual([CURRENT, PENDING]);
  }),
  contractCase('UpdateSecretVersionStage', 'goes back to the previous version', async (s) => {
    const { name, versionId: first } = await s.secret('one');
    const second = await s.put(name, 'two');
    const move = { SecretId: name, VersionStage: CURRENT, RemoveFromVersionId: second, MoveToVersionId: first };
    await s.ok('UpdateSecretVersionStage', move);
    expect(await s.stages(name)).toEqual({ [first]: [CURRENT], [second]: [PREVIOUS] });
  }),
  contractCase('UpdateSecretVersionStage', 'wants to know where the label is', async (s) => {
    const { name, first, second } = await withPending(s);
    await s.refused(
      'UpdateSecretVersionStage',
      { SecretId: name, VersionStage: CURRENT, MoveToVersionId: second },
      'InvalidParameterException',
      `The parameter RemoveFromVersionId can't be empty. Staging label ${CURRENT} is currently attached to version ${first}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }),
  contractCase('UpdateSecretVersionStage', 'is refused when the label is elsewhere', async (s) => {
    const { name, second } = await withPending(s);
    const move = { SecretId: name, VersionStage: CURRENT, RemoveFromVersionId: second, MoveToVersionId: second };
    await s.refused('UpdateSecretVersionStage', move, 'InvalidParameterException');
  }),
  contractCase('UpdateSecretVersionStage', 'never takes AWSCURRENT away altogether', async (s) => {
    const { name, versionId } = await s.secret();
    const removal = { SecretId: name, VersionStage: CURRENT, RemoveFromVersionId: versionId };
    await s.refused('UpdateSecretVersionStage', removal, 'InvalidParameterException');
    expect(await s.text(name)).toBe('first');
  }),
  contractCase('UpdateSecretVersionStage', 'adds and removes labels of our own', async (s) => {
    const { name, versionId } = await s.secret();
    await s.ok('UpdateSecretVersionStage', { SecretId: name, VersionStage: 'mine', MoveToVersionId: versionId });
    expect(await s.text(name, { VersionStage: 'mine' })).toBe('first');
    await s.ok('UpdateSecretVersionStage', { SecretId: name, VersionStage: 'mine', RemoveFromVersionId: versionId });
    expect(await s.stages(name)).toEqual({ [versionId]: [CURRENT] });
  }),
  contractCase('ListSecretVersionIds', 'shows versions with labels, and the others when asked', async (s) => {
    const { name, arn, versionId: first } = await s.secret('one');
    const second = await s.put(name, 'two');
    const third = await s.put(name, 'three');
    const answer = await s.ok('ListSecretVersionIds', { SecretId: name });
    expect(answer).toMatchObject({ ARN: arn, Name: name });
    expect(versionsOf(answer).sort()).toEqual([second, third].sort());
    const all = await s.ok('ListSecretVersionIds', { SecretId: name, IncludeDeprecated: true });
    expect(versionsOf(all).sort()).toEqual([first, second, third].sort());
  }),
  contractCase('ListSecretVersionIds', 'comes in pages', async (s) => {
    const { name } = await s.secret('one');
    await s.put(name, 'two');
    await s.put(name, 'three', { VersionStages: ['mine'] });
    const first = await s.ok('ListSecretVersionIds', { SecretId: name, MaxResults: 2 });
    expect(versionsOf(first)).toHaveLength(2);
    const next = { SecretId: name, MaxResults: 2, NextToken: first['NextToken'] };
    const second = await s.ok('ListSecretVersionIds', next);
    expect(new Set([...versionsOf(first), ...versionsOf(second)]).size).toBe(3);
    expect(second).not.toHaveProperty('NextToken');
  }),
];
