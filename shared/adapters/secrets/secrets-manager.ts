/**
 * The Secrets port over any endpoint that speaks Secrets Manager, cached.
 *
 * Sources are asked in their order: the cloud first where it is enabled, then the vault. The next one is asked only
 * when a source cannot be reached or fails. A source that says "no such secret" or "not allowed" has answered: an old
 * copy in the vault must not bring back what was taken away in the cloud. While none can be reached, what was read last
 * goes on serving.
 *
 * Throws SecretAccessError.
 */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../ports/clock.ts';
import {
  CURRENT,
  PREVIOUS,
  type ReadableStage,
  SecretAccessError,
  type Secrets,
  type SecretValue,
} from '../../ports/secrets.ts';
import { SecretCache } from './secret-cache.ts';
import { toSecretError } from './secret-error.ts';

export interface SecretsClientOptions {
  readonly region: string;
  /** Absent: AWS_ENDPOINT_URL_SECRETS_MANAGER, or the region's own endpoint. */
  readonly endpoint?: string;
  /** Absent: the SDK's default chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface SecretsOptions {
  /** At least one, in the order of asking. */
  readonly sources: readonly { readonly name: string; readonly client: SecretsManagerClient }[];
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly ttlMs?: number;
}

const LOCAL_REGION = 'us-east-1';
const TTL_MS = 60_000;
const ENTRIES_MAX = 256;
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;
const SOCKETS_MAX = 16;

export function createSecretsClient(options: SecretsClientOptions): SecretsManagerClient {
  return new SecretsManagerClient({
    ...options,
    // One quick retry covers a keep-alive socket that the server had just closed.
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
    },
  });
}

/** Those of a workstation: one endpoint of our own, which reads nothing into the Region. */
export function createEndpointSecrets({
  endpoint,
  credentials,
  ...options
}: Required<Pick<SecretsClientOptions, 'endpoint' | 'credentials'>> & Omit<SecretsOptions, 'sources'>): Secrets {
  const client = createSecretsClient({ region: LOCAL_REGION, endpoint, credentials });
  return createSecrets({ ...options, sources: [{ name: 'vault', client }] });
}

export function createSecrets({ sources, clock, ttlMs = TTL_MS }: SecretsOptions): Secrets {
  const cache = new SecretCache({ clock, ttlMs, entriesMax: ENTRIES_MAX });
  const load = (name: string, stage: ReadableStage) => () => firstAnswer(sources, { name, stage });
  return {
    get: (name, { stage = CURRENT } = {}) => cache.get(keyOf(name, stage), load(name, stage)),
    async refetch(name) {
      const value = await cache.refetch(keyOf(name, CURRENT), load(name, CURRENT));
      // What was current may be the one before it now.
      cache.drop(keyOf(name, PREVIOUS));
      return value;
    },
  };
}

interface Wanted {
  readonly name: string;
  readonly stage: ReadableStage;
}

async function firstAnswer(sources: SecretsOptions['sources'], wanted: Wanted): Promise<SecretValue> {
  let last = new SecretAccessError('no source is configured', {
    code: 'SECRETS_UNREACHABLE',
    secretName: wanted.name,
    retryable: false,
  });
  for (const { client } of sources) {
    try {
      return await fetchValue(client, wanted);
    } catch (error) {
      last = toSecretError(error, wanted.name);
      if (!last.retryable) throw last;
    }
  }
  throw last;
}

async function fetchValue(client: SecretsManagerClient, { name, stage }: Wanted): Promise<SecretValue> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: name, VersionStage: stage }));
  const { VersionId: versionId, SecretString: text } = answer;
  if (versionId !== undefined && text !== undefined) return { name, versionId, text };
  throw new SecretAccessError('the value is not text: put it as SecretString', {
    code: 'VALUE_INVALID',
    secretName: name,
    retryable: false,
  });
}

function keyOf(name: string, stage: ReadableStage): string {
  return `${stage} ${name}`;
}
