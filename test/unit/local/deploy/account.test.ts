/**
 * What is asked of CloudFormation, with a stand-in that answers as it does at awkward moments.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { openAccount } from '../../../../local/deploy/account.ts';
import { emulatorPlace } from '../../../../local/deploy/place.ts';

const STACK = 'jules-local-secrets';
let server: Server | null = null;
afterEach(() => {
  server?.close();
});

type Answer = readonly [status: number, xml: string];

const described = (status: string): Answer => [
  200,
  `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${STACK}</StackName>
   <StackStatus>${status}</StackStatus><Outputs><member><OutputKey>Url</OutputKey><OutputValue>here</OutputValue></member></Outputs>
   </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
];
const templated: Answer = [
  200,
  `<GetTemplateResponse><GetTemplateResult><TemplateBody>{"Resources":{"a":{"Type":"AWS::SQS::Queue"}}}</TemplateBody>
   </GetTemplateResult></GetTemplateResponse>`,
];
const refused = (code: string, message: string): Answer => [
  400,
  `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
];
const GONE = refused('ValidationError', `Stack with id ${STACK} does not exist`);

async function accountAnswering(answers: Readonly<Record<string, Answer>>) {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = new URLSearchParams(await text(request));
    const [status, xml] = answers[body.get('Action') ?? ''] ?? [500, ''];
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
  };
  server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return openAccount(emulatorPlace(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'us-east-1'));
}

describe('a stack of the account', () => {
  it('is told with its state, outputs and template', async () => {
    const account = await accountAnswering({ DescribeStacks: described('CREATE_COMPLETE'), GetTemplate: templated });
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
    ['was deleted', { DescribeStacks: described('DELETE_COMPLETE'), GetTemplate: templated }],
    ['goes between the two questions', { DescribeStacks: described('DELETE_IN_PROGRESS'), GetTemplate: GONE }],
  ])('is none when it %s', async (_when, answers) => {
    const account = await accountAnswering(answers);
    expect(await account.stack(STACK)).toBeNull();
  });

  it('that may not be seen is a problem, with the next step', async () => {
    const account = await accountAnswering({ DescribeStacks: refused('AccessDenied', 'not for you') });
    await expect(account.stack(STACK)).rejects.toMatchObject({ name: 'Problem', message: /refused: not for you/ });
  });
});
