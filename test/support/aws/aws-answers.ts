/**
 * A stand-in for services of AWS that take a form and answer in XML: one answer for each action.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Answer = readonly [status: number, xml: string];

export interface AwsAnswers {
  readonly url: string;
  close(): void;
}

export async function startAwsAnswers(answers: Readonly<Record<string, Answer>>): Promise<AwsAnswers> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = new URLSearchParams(await text(request));
    const [status, xml] = answers[body.get('Action') ?? ''] ?? [500, ''];
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

export function describedStack(name: string, status: string, outputs: Readonly<Record<string, string>>): Answer {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return [
    200,
    `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName>
   <StackStatus>${status}</StackStatus><Outputs>${members.join('')}</Outputs>
   </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  ];
}

export const TEMPLATED: Answer = [
  200,
  `<GetTemplateResponse><GetTemplateResult><TemplateBody>{"Resources":{"a":{"Type":"AWS::SQS::Queue"}}}</TemplateBody>
   </GetTemplateResult></GetTemplateResponse>`,
];

export function callerOf(account: string): Answer {
  return [
    200,
    `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account>
   </GetCallerIdentityResult></GetCallerIdentityResponse>`,
  ];
}

export function refusedBy(code: string, message: string): Answer {
  return [400, `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`];
}
