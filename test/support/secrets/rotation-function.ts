/**
 * A rotation function behind a Lambda-compatible address: the four steps as AWS's own templates do them, with a value
 * that is the step's own invention, and failures where the test asks for them.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import type { SecretsClient } from './contract/subject.ts';

const eventSchema = z.object({ Step: z.string(), SecretId: z.string(), ClientRequestToken: z.string() });
type RotationEvent = z.infer<typeof eventSchema>;

export interface RotationFunction {
  readonly url: string;
  readonly events: RotationEvent[];
  readonly paths: string[];
  /** Steps that fail, each as often as it is listed. */
  readonly failing: string[];
  /** Called before each step; the step waits for it. */
  before: (event: RotationEvent) => Promise<void>;
  /** Called when a step has done its work, before it answers. */
  after: (event: RotationEvent) => Promise<void>;
  /** The client that the function uses; a function has to ask the endpoint that rotates. */
  use(client: SecretsClient): void;
  stop(): Promise<void>;
}

export async function startRotationFunction(): Promise<RotationFunction> {
  let client: SecretsClient | null = null;
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const event = eventSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    lambda.paths.push(request.url ?? '');
    lambda.events.push(event);
    await lambda.before(event);
    const failsAt = lambda.failing.indexOf(event.Step);
    if (failsAt >= 0) {
      lambda.failing.splice(failsAt, 1);
      response.setHeader('X-Amz-Function-Error', 'Unhandled');
      response.end(JSON.stringify({ errorType: 'RotationProblem', errorMessage: 'the password was hunter2' }));
      return;
    }
    if (client !== null) await perform(event, client);
    await lambda.after(event);
    response.end('null');
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const lambda: RotationFunction = {
    url: `http://127.0.0.1:${port}`,
    events: [],
    paths: [],
    failing: [],
    before: async () => undefined,
    after: async () => undefined,
    use: (used) => void (client = used),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return lambda;
}

async function perform({ Step, SecretId, ClientRequestToken: token }: RotationEvent, client: SecretsClient) {
  if (Step === 'createSecret') {
    const pending = await client.call('GetSecretValue', { SecretId, VersionId: token, VersionStage: 'AWSPENDING' });
    if ('answer' in pending) return;
    const value = { SecretString: `rotated ${token}`, ClientRequestToken: token, VersionStages: ['AWSPENDING'] };
    await must(client, 'PutSecretValue', { SecretId, ...value });
  }
  if (Step === 'testSecret') await must(client, 'GetSecretValue', { SecretId, VersionStage: 'AWSPENDING' });
  if (Step === 'finishSecret') await finish(SecretId, token, client);
}

async function finish(SecretId: string, token: string, client: SecretsClient): Promise<void> {
  const described = await must(client, 'DescribeSecret', { SecretId });
  const stages = (described['VersionIdsToStages'] ?? {}) as Record<string, string[]>;
  const current = Object.keys(stages).find((id) => stages[id]?.includes('AWSCURRENT'));
  if (current === token) return;
  const from = current === undefined ? {} : { RemoveFromVersionId: current };
  await must(client, 'UpdateSecretVersionStage', {
    SecretId,
    VersionStage: 'AWSCURRENT',
    MoveToVersionId: token,
    ...from,
  });
}

async function must(client: SecretsClient, operation: string, input: Readonly<Record<string, unknown>>) {
  const outcome = await client.call(operation, input);
  if ('refusal' in outcome) throw new Error(`${operation}: ${outcome.refusal.code}`);
  return outcome.answer;
}
