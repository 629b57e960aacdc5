/**
 * What is asked of CloudFormation, with a stand-in that answers as it does at awkward moments.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { openAccount } from '../../../../local/deploy/account.ts';
import { emulatorPlace } from '../../../../local/deploy/place.ts';
import {
  type Answer,
  type AwsAnswers,
  describedStack,
  refusedBy,
  startAwsAnswers,
  TEMPLATED,
} from '../../../support/aws/aws-answers.ts';

const STACK = 'jules-local-secrets';
let aws: AwsAnswers | null = null;
afterEach(() => aws?.close());

const described = (status: string): Answer => describedStack(STACK, status, { Url: 'here' });
const GONE = refusedBy('ValidationError', `Stack with id ${STACK} does not exist`);

async function accountAnswering(answers: Readonly<Record<string, Answer>>) {
  aws = await startAwsAnswers(answers);
  return openAccount(emulatorPlace(aws.url, 'us-east-1'));
}

describe('a stack of the account', () => {
  it('is described with its state, outputs and template', async () => {
    const account = await accountAnswering({ DescribeStacks: described('CREATE_COMPLETE'), GetTemplate: TEMPLATED });
    expect(await account.stack(STACK)).toEqual({
      name: STACK,
      status: 'CREATE_COMPLETE',
      reason: '',
      outputs: { Url: 'here' },
      template: { Resources: { a: { Type: 'AWS::SQS::Queue' } } },
    });
  });

  it.each<[string, Record<string, Answer>]>([
    ['was never there', { DescribeStacks: GONE }],
    ['was deleted', { DescribeStacks: described('DELETE_COMPLETE'), GetTemplate: TEMPLATED }],
    ['goes between the two questions', { DescribeStacks: described('DELETE_IN_PROGRESS'), GetTemplate: GONE }],
  ])('is none when it %s', async (_when, answers) => {
    const account = await accountAnswering(answers);
    expect(await account.stack(STACK)).toBeNull();
  });

  it('that may not be seen is a problem, with the next step', async () => {
    const account = await accountAnswering({ DescribeStacks: refusedBy('AccessDenied', 'not for you') });
    await expect(account.stack(STACK)).rejects.toMatchObject({ name: 'Problem', message: /refused: not for you/ });
  });
});
