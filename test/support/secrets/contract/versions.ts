/**
 * Contract: values, versions and staging labels, as AWS documents them.
 */

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type ContractCase, contractCase } from './subject.ts';

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const PENDING = 'AWSPENDING';
const NOT_FOUND = "Secrets Manager can't find the specified secret.";

export const VERSION_CASES: readonly ContractCase[] = [
  contractCase('CreateSecret', 'makes a first version that is current', async (s) => {
    const { name, arn, versionId } = await s.secret('text');
    expect(arn).toMatch(new RegExp(`^arn:aws:secretsmanager:us-east-1:\\d{12}:secret:${name}-[A-Za-z0-9]{6}$`));
    expect(await s.ok('GetSecretValue', { SecretId: name })).toMatchObject({
      ARN: arn,
      Name: name,
      VersionId: versionId,
      SecretString: 'text',
      VersionStages: [CURRENT],
    });
  }),
  contractCase('CreateSecret', 'keeps binary values as they are', async (s) => {
    const name = s.name();
    const bytes = Buffer.from([0, 1, 2, 254, 255]).toString('base64');
    await s.ok('CreateSecret', { Name: name, SecretBinary: bytes });
    const answer = await s.ok('GetSecretValue', { SecretId: name });
    expect(answer['SecretBinary']).toBe(bytes);
    expect(answer).not.toHaveProperty('SecretString');
  }),
  contractCase('CreateSecret', 'without a value has no version', async (s) => {
    const name = s.name();
    expect(await s.ok('CreateSecret', { Name: name })).not.toHaveProperty('VersionId');
    expect(await s.stages(name)).toBeUndefined();
    await s.refused(
      'GetSecretValue',
      { SecretId: name },
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for staging label: ${CURRENT}`,
    );
  }),
  contractCase('CreateSecret', 'again with the same token and value changes nothing', async (s) => {
    const token = randomUUID();
    const input = { Name: s.name(), SecretString: 'text', ClientRequestToken: token };
    const first = await s.ok('CreateSecret', input);
    expect(await s.ok('CreateSecret', input)).toEqual(first);
    expect(first['VersionId']).toBe(token);
  }),
  contractCase('CreateSecret', 'again with the same token and another value is refused', async (s) => {
    const input = { Name: s.name(), SecretString: 'text', ClientRequestToken: randomUUID() };
    await s.ok('CreateSecret', input);
    await s.refused(
      'CreateSecret',
      { ...input, SecretString: 'other' },
      'ResourceExistsException',
      /^You can't use ClientRequestToken .* because that value is already in use for a version of secret arn:/,
    );
  }),
  contractCase('CreateSecret', 'of a name that is taken is refused', async (s) => {
    const { name } = await s.secret();
    const message = `The operation failed because the secret ${name} already exists.`;
    await s.refused('CreateSecret', { Name: name, SecretString: 'other' }, 'ResourceExistsException', message);
  }),
  contractCase('CreateSecret', 'with text and bytes at once is refused', async (s) => {
    const input = { Name: s.name(), SecretString: 'text', SecretBinary: 'AAAA' };
    await s.refused('CreateSecret', input, 'InvalidParameterException');
  }),
  contractCase('GetSecretValue', 'finds a secret by name, ARN and ARN without its suffix', async (s) => {
    const { name, arn } = await s.secret('text');
    expect(await s.text(name)).toBe('text');
    expect(await s.text(arn)).toBe('text');
    expect(await s.text(arn.slice(0, -7))).toBe('text');
    await s.refused(
      'GetSecretValue',
      { SecretId: `${arn.slice(0, -6)}AAAAAA` },
      'ResourceNotFoundException',
      NOT_FOUND,
    );
  }),
  contractCase('GetSecretValue', 'of what is not there is refused', async (s) => {
    await s.refused('GetSecretValue', { SecretId: s.name() }, 'ResourceNotFoundException', NOT_FOUND);
  }),
  contractCase('GetSecretValue', 'finds versions by id and by label', async (s) => {
    const { name, versionId } = await s.secret('first');
    await s.put(name, 'second');
    expect(await s.text(name)).toBe('second');
    expect(await s.text(name, { VersionId: versionId })).toBe('first');
    expect(await s.text(name, { VersionStage: PREVIOUS })).toBe('first');
    expect(await s.text(name, { VersionId: versionId, VersionStage: PREVIOUS })).toBe('first');
  }),
  contractCase('GetSecretValue', 'says which version or label is not there', async (s) => {
    const { name, versionId } = await s.secret();
    const missing = randomUUID();
    await s.refused(
      'GetSecretValue',
      { SecretId: name, VersionId: missing },
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for VersionId: ${missing}`,
    );
    await s.refused(
      'GetSecretValue',
      { SecretId: name, VersionStage: PENDING },
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for staging label: ${PENDING}`,
    );
    await s.refused(
      'GetSecretValue',
      { SecretId: name, VersionId: versionId, VersionStage: PREVIOUS },
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }),
  contractCase('PutSecretValue', 'moves AWSCURRENT on, and AWSPREVIOUS after it', async (s) => {
    const { name, versionId: first } = await s.secret('one');
    const second = await s.put(name, 'two');
    expect(await s.stages(name)).toEqual({ [first]: [PREVIOUS], [second]: [CURRENT] });
    const third = await s.put(name, 'three');
    expect(await s.stages(name)).toEqual({ [second]: [PREVIOUS], [third]: [CURRENT] });
  }),
  contractCase('PutSecretValue', 'under other labels leaves the current version', async (s) => {
    const { name, versionId } = await s.secret('one');
    const answer = await s.ok('PutSecretValue', {
      SecretId: name,
      SecretString: 'two',
      VersionStages: ['two', 'one', 'three'],
    });
    expect([...(answer['VersionStages'] as string[])].sort()).toEqual(['one', 'three', 'two']);
    expect(await s.text(name)).toBe('one');
    const labelled = Object.keys((await s.stages(name)) as object);
    expect(new Set(labelled)).toEqual(new Set([versionId, answer['VersionId']]));
  }),
  contractCase('PutSecretValue', 'takes a label from the version that had it', async (s) => {
    const { name, versionId } = await s.secret('one');
    await s.put(name, 'two', { VersionStages: [PENDING] });
    const third = await s.put(name, 'three', { VersionStages: [PENDING] });
    expect(await s.stages(name)).toEqual({ [versionId]: [CURRENT], [third]: [PENDING] });
  }),
  contractCase('PutSecretValue', 'makes the first version current whatever its labels', async (s) => {
    const name = s.name();
    await s.ok('CreateSecret', { Name: name });
    const versionId = await s.put(name, 'text', { VersionStages: [PENDING] });
    const stages = (await s.stages(name)) as Record<string, string[]>;
    expect([...(stages[versionId] ?? [])].sort()).toEqual([CURRENT, PENDING]);
  }),
  contractCase('PutSecretValue', 'again with the same token and value changes nothing', async (s) => {
    const { name } = await s.secret('one');
    const token = randomUUID();
    expect(await s.put(name, 'two', { ClientRequestToken: token })).toBe(token);
    await s.put(name, 'three');
    expect(await s.put(name, 'two', { ClientRequestToken: token })).toBe(token);
    expect(await s.text(name)).toBe('three');
  }),
  contractCase('PutSecretValue', 'again with the same token and another value is refused', async (s) => {
    const { name, versionId } = await s.secret('one');
    const input = { SecretId: name, SecretString: 'two', ClientRequestToken: versionId };
    await s.refused('PutSecretValue', input, 'ResourceExistsException', /already in use for a version of secret arn:/);
  }),
  contractCase('PutSecretValue', 'without a value is refused', async (s) => {
    const { name } = await s.secret();
    const message = 'You must provide either SecretString or SecretBinary.';
    await s.refused('PutSecretValue', { SecretId: name }, 'InvalidRequestException', message);
  }),
  contractCase('UpdateSecret', 'changes description and value', async (s) => {
    const { name, versionId } = await s.secret('one');
    const updated = await s.ok('UpdateSecret', { SecretId: name, Description: 'described', SecretString: 'two' });
    expect(await s.text(name)).toBe('two');
    expect(await s.ok('DescribeSecret', { SecretId: name })).toMatchObject({
      Description: 'described',
      VersionIdsToStages: { [versionId]: [PREVIOUS], [String(updated['VersionId'])]: [CURRENT] },
    });
  }),
  contractCase('UpdateSecret', 'of the description alone makes no version', async (s) => {
    const { name, versionId } = await s.secret('one');
    expect(await s.ok('UpdateSecret', { SecretId: name, Description: 'new' })).not.toHaveProperty('VersionId');
    expect(await s.stages(name)).toEqual({ [versionId]: [CURRENT] });
  }),
  contractCase('UpdateSecret', 'again with the same token: same value passes, another is refused', async (s) => {
    const { name } = await s.secret('one');
    const input = { SecretId: name, SecretString: 'two', ClientRequestToken: randomUUID() };
    await s.ok('UpdateSecret', input);
    await s.ok('UpdateSecret', input);
    await s.refused('UpdateSecret', { ...input, SecretString: 'three' }, 'ResourceExistsException');
  }),
];
