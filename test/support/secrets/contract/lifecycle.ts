/**
 * Contract: deletion and recovery, tags, policies, passwords, and what is refused at the door.
 */

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type ContractCase, contractCase } from './subject.ts';

const DELETED = "You can't perform this operation on the secret because it was marked for deletion.";
const DAY_S = 86_400;
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    },
  ],
};
const OPEN_POLICY = { ...POLICY, Statement: [{ ...POLICY.Statement[0], Principal: '*' }] };

export const LIFECYCLE_CASES: readonly ContractCase[] = [
  contractCase('DeleteSecret', 'waits 30 days unless told otherwise', async (s) => {
    const { name, arn } = await s.secret();
    const answer = await s.ok('DeleteSecret', { SecretId: name });
    expect(answer).toMatchObject({ ARN: arn, Name: name });
    expect(Number(answer['DeletionDate'])).toBeGreaterThan(Date.now() / 1_000 + 29.9 * DAY_S);
    expect(Number(answer['DeletionDate'])).toBeLessThan(Date.now() / 1_000 + 30.1 * DAY_S);
    expect(await s.ok('DescribeSecret', { SecretId: name })).toHaveProperty('DeletedDate');
  }),
  contractCase('DeleteSecret', 'takes a window of 7 to 30 days', async (s) => {
    const { name } = await s.secret();
    for (const days of [6, 31]) {
      await s.refused('DeleteSecret', { SecretId: name, RecoveryWindowInDays: days }, 'InvalidParameterException');
    }
    await s.ok('DeleteSecret', { SecretId: name, RecoveryWindowInDays: 7 });
  }),
  contractCase('DeleteSecret', 'by force leaves the name free at once', async (s) => {
    const { name, arn } = await s.secret('old');
    await s.ok('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true });
    await s.refused('GetSecretValue', { SecretId: name }, 'ResourceNotFoundException');
    const again = await s.ok('CreateSecret', { Name: name, SecretString: 'new' });
    expect(again['ARN']).not.toBe(arn);
  }),
  contractCase('DeleteSecret', 'by force is not an error where nothing is', async (s) => {
    const name = s.name();
    expect(await s.ok('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true })).toMatchObject({
      Name: name,
    });
  }),
  contractCase('DeleteSecret', 'does not take force and a window together', async (s) => {
    const { name } = await s.secret();
    const input = { SecretId: name, ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 };
    await s.refused('DeleteSecret', input, 'InvalidParameterException');
  }),
  contractCase('DeleteSecret', 'of what is not there is refused', async (s) => {
    await s.refused('DeleteSecret', { SecretId: s.name() }, 'ResourceNotFoundException');
  }),
  contractCase('DeleteSecret', 'closes the secret until it is restored', async (s) => {
    const { name } = await s.secret('kept');
    await s.ok('DeleteSecret', { SecretId: name });
    await s.refused('GetSecretValue', { SecretId: name }, 'InvalidRequestException', DELETED);
    const value = { SecretId: name, SecretString: 'other' };
    await s.refused('PutSecretValue', value, 'InvalidRequestException', DELETED);
    await s.refused('UpdateSecret', value, 'InvalidRequestException', DELETED);
    await s.refused(
      'CreateSecret',
      { Name: name, SecretString: 'other' },
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
    await s.ok('RestoreSecret', { SecretId: name });
    expect(await s.text(name)).toBe('kept');
  }),
  contractCase('RestoreSecret', 'takes the date of deletion away', async (s) => {
    const { name, arn } = await s.secret();
    await s.ok('DeleteSecret', { SecretId: name });
    expect(await s.ok('RestoreSecret', { SecretId: name })).toMatchObject({ ARN: arn, Name: name });
    expect(await s.ok('DescribeSecret', { SecretId: name })).not.toHaveProperty('DeletedDate');
    await s.refused('RestoreSecret', { SecretId: s.name() }, 'ResourceNotFoundException');
  }),
  contractCase('DescribeSecret', 'shows what is known and no value', async (s) => {
    const tags = [{ Key: 'team', Value: 'trading' }];
    const { name, arn, versionId } = await s.secret('hidden', { Description: 'described', Tags: tags });
    const answer = await s.ok('DescribeSecret', { SecretId: arn });
    expect(answer).toMatchObject({
      ARN: arn,
      Name: name,
      Description: 'described',
      Tags: tags,
      VersionIdsToStages: { [versionId]: ['AWSCURRENT'] },
    });
    expect(answer).not.toHaveProperty('RotationEnabled');
    expect(JSON.stringify(answer)).not.toContain('hidden');
  }),
  contractCase('TagResource', 'adds and replaces', async (s) => {
    const { name } = await s.secret('text', { Tags: [{ Key: 'a', Value: '1' }] });
    const added = [
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ];
    await s.ok('TagResource', { SecretId: name, Tags: added });
    const { Tags } = await s.ok('DescribeSecret', { SecretId: name });
    expect(Tags).toHaveLength(2);
    expect(Tags).toEqual(expect.arrayContaining(added));
  }),
  contractCase('UntagResource', 'removes, and does not mind what is not there', async (s) => {
    const { name } = await s.secret('text', {
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    await s.ok('UntagResource', { SecretId: name, TagKeys: ['a', 'never'] });
    expect((await s.ok('DescribeSecret', { SecretId: name }))['Tags']).toEqual([{ Key: 'b', Value: '2' }]);
  }),
  contractCase('PutResourcePolicy', 'keeps a policy as it is written', async (s) => {
    const { name, arn } = await s.secret();
    const policy = JSON.stringify(POLICY);
    await s.ok('PutResourcePolicy', { SecretId: name, ResourcePolicy: policy });
    expect(await s.ok('GetResourcePolicy', { SecretId: name })).toMatchObject({
      ARN: arn,
      Name: name,
      ResourcePolicy: policy,
    });
  }),
  contractCase('PutResourcePolicy', 'refuses what is not a policy', async (s) => {
    const { name } = await s.secret();
    for (const policy of ['{', '[]', '{"Statement":[{"Effect":"Maybe"}]}']) {
      const input = { SecretId: name, ResourcePolicy: policy };
      await s.refused('PutResourcePolicy', input, 'MalformedPolicyDocumentException');
    }
  }),
  contractCase('PutResourcePolicy', 'keeps out what lets everybody in, when asked', async (s) => {
    const { name } = await s.secret();
    const input = { SecretId: name, ResourcePolicy: JSON.stringify(OPEN_POLICY) };
    await s.refused('PutResourcePolicy', { ...input, BlockPublicPolicy: true }, 'PublicPolicyException');
    await s.ok('PutResourcePolicy', input);
  }),
  contractCase('DeleteResourcePolicy', 'leaves the secret without one', async (s) => {
    const { name } = await s.secret();
    await s.ok('PutResourcePolicy', { SecretId: name, ResourcePolicy: JSON.stringify(POLICY) });
    await s.ok('DeleteResourcePolicy', { SecretId: name });
    expect(await s.ok('GetResourcePolicy', { SecretId: name })).not.toHaveProperty('ResourcePolicy');
  }),
  contractCase('ValidateResourcePolicy', 'says whether a policy passes', async (s) => {
    const validate = (policy: object) => s.ok('ValidateResourcePolicy', { ResourcePolicy: JSON.stringify(policy) });
    expect(await validate(POLICY)).toMatchObject({ PolicyValidationPassed: true, ValidationErrors: [] });
    const refused = await validate(OPEN_POLICY);
    expect(refused['PolicyValidationPassed']).toBe(false);
    expect(refused['ValidationErrors']).toHaveLength(1);
  }),
  contractCase('CreateSecret', 'refuses names with other characters', async (s) => {
    for (const name of ['with space', 'back\\slash', 'käse', 'a#b']) {
      await s.refused('CreateSecret', { Name: name, SecretString: 'text' }, 'ValidationException', /^Invalid name\./);
    }
  }),
  contractCase('CreateSecret', 'takes 65,536 bytes and not one more', async (s) => {
    const longest = 'x'.repeat(65_536);
    await s.secret(longest);
    await s.refused('CreateSecret', { Name: s.name(), SecretString: `${longest}x` }, 'ValidationException');
    await s.refused('CreateSecret', { Name: s.name(), SecretString: 'ä'.repeat(32_769) }, 'ValidationException');
  }),
  contractCase('PutSecretValue', 'refuses a token that is too short', async (s) => {
    const { name } = await s.secret();
    const input = { SecretId: name, SecretString: 'text', ClientRequestToken: randomUUID().slice(0, 20) };
    await s.refused('PutSecretValue', input, 'ValidationException', /clientRequestToken/);
  }),
];
