/**
 * The AWS SDK for JavaScript as a client of the contract.
 */

import * as sdk from '@aws-sdk/client-secrets-manager';
import type { Answer, Outcome, SecretsClient } from './subject.ts';

export interface ClientAccess {
  readonly url: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

type Command = sdk.GetSecretValueCommand;
type CommandClass = new (input: object) => Command;

export function javascriptClient({ url, region, credentials }: ClientAccess): SecretsClient {
  const client = new sdk.SecretsManagerClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  return {
    async call(operation, input) {
      const Command = (sdk as unknown as Record<string, CommandClass>)[`${operation}Command`];
      if (Command === undefined) throw new RangeError(`the SDK has no operation ${operation}`);
      return send(client, new Command(withBytes(input)));
    },
    close: async () => client.destroy(),
  };
}

async function send(client: sdk.SecretsManagerClient, command: Command): Promise<Outcome> {
  try {
    const { $metadata: _, ...answer } = await client.send(command);
    return { answer: plain(answer) as Answer };
  } catch (error) {
    if (!(error instanceof sdk.SecretsManagerServiceException)) throw error;
    const { name: code, message, $metadata } = error;
    return { refusal: { code, message, status: $metadata.httpStatusCode ?? 0 } };
  }
}

function withBytes(input: Answer): object {
  const { SecretBinary } = input;
  return typeof SecretBinary === 'string' ? { ...input, SecretBinary: Buffer.from(SecretBinary, 'base64') } : input;
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1_000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, plain(member)]));
}
