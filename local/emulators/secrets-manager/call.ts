/**
 * Calls an endpoint of ours with a signed request and gives back its answer, or the refusal as it was sent.
 */

import * as z from 'zod';
import { type AccessKey, signRequest } from '../../../shared/adapters/secrets/sign.ts';
import { AwsError, type AwsErrorCode } from './aws-error.ts';

export interface EndpointCall {
  readonly url: string;
  readonly key: AccessKey;
  readonly region: string;
  readonly target: string;
  readonly input: object;
}

const TIMEOUT_MS = 30_000;
const refusalSchema = z.object({ __type: z.string(), Message: z.string().default('') });

/** Throws AwsError. */
export async function callEndpoint({ url, key, region, target, input }: EndpointCall): Promise<unknown> {
  const body = Buffer.from(JSON.stringify(input), 'utf8');
  const address = new URL(`${url}/`);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const signer = { key, region, service: 'secretsmanager', nowMs: Date.now() };
  const response = await fetch(address, {
    method: 'POST',
    headers: signRequest({ method: 'POST', url: address, headers, body }, signer),
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { __type: code, Message: message } = refusalSchema.parse(answer);
  throw new AwsError(code as AwsErrorCode, message, response.status);
}
