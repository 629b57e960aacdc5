/**
 * The KeyGenerations port over the endpoint's own operations, signed like any other.
 *
 * Only our endpoint has them. Without an address of one the secrets are on AWS itself, and nothing is asked.
 */

import * as z from 'zod';
import { type KeyGenerations, KeysManagedElsewhereError } from '../../ports/key-generations.ts';
import { toSecretError } from './secret-error.ts';
import { type AccessKey, signRequest } from './sign.ts';

export interface KeyGenerationsOptions {
  /** Of Secrets Manager; null: that of AWS. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly credentials: () => Promise<AccessKey>;
  readonly nowMs: () => number;
}

const TIMEOUT_MS = 30_000;
/** What a service says that has no such operations. */
const UNKNOWN = new Set(['UnknownOperationException', 'InvalidAction', 'NotImplemented']);
const ALL_SECRETS = '(keys of the vault)';
const refusalSchema = z.object({ __type: z.string() });

export function createKeyGenerations(options: KeyGenerationsOptions): KeyGenerations {
  const ask = async <Answer>(operation: string, input: object, schema: z.ZodType<Answer>): Promise<Answer> => {
    if (options.endpoint === null) throw new KeysManagedElsewhereError('AWS');
    const { ok, answer } = await exchange(`jules.${operation}`, input, { ...options, endpoint: options.endpoint });
    const parsed = ok ? schema.safeParse(answer) : null;
    if (parsed?.success) return parsed.data;
    throw refusal(answer, options.endpoint);
  };
  return {
    next: async (current) =>
      (await ask('NextGeneration', { After: current }, z.object({ Generation: z.int() }))).Generation,
    rewrap: async (generation, limit) =>
      (await ask('RewrapValues', { Generation: generation, Limit: limit }, z.object({ Left: z.int() }))).Left,
    check: async (generation) => {
      const schema = z.object({ Versions: z.int(), Elsewhere: z.int() });
      const { Versions, Elsewhere } = await ask('CheckGeneration', { Generation: generation }, schema);
      return { versions: Versions, elsewhere: Elsewhere };
    },
    retire: async () => (await ask('RetireGenerations', {}, z.object({ Retired: z.array(z.int()) }))).Retired,
  };
}

async function exchange(
  target: string,
  input: object,
  { endpoint, region, credentials, nowMs }: KeyGenerationsOptions & { readonly endpoint: string },
): Promise<{ ok: boolean; answer: unknown }> {
  const body = Buffer.from(JSON.stringify(input), 'utf8');
  const url = new URL(`${endpoint.replace(/\/+$/, '')}/`);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  try {
    const signer = { key: await credentials(), region, service: 'secretsmanager', nowMs: nowMs() };
    const response = await fetch(url, {
      method: 'POST',
      headers: signRequest({ method: 'POST', url, headers, body }, signer),
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { ok: response.ok, answer: parseJson(await response.text()) };
  } catch (error) {
    throw toSecretError(error, ALL_SECRETS);
  }
}

function refusal(answer: unknown, endpoint: string): Error {
  const code = refusalSchema.safeParse(answer).data?.__type.split('#').at(-1);
  if (code === undefined || UNKNOWN.has(code)) return new KeysManagedElsewhereError(endpoint);
  return toSecretError(Object.assign(new Error(code), { name: code, $fault: faultOf(code) }), ALL_SECRETS);
}

function faultOf(code: string): 'client' | 'server' {
  return code === 'InternalServiceError' ? 'server' : 'client';
}

/** Undefined is not an answer of ours. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
