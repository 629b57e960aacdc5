/**
 * Where the runner finds the token that it asks for: in the secrets of its stack; without a data folder, as in a
 * container, in the Secrets Manager that the SDK's own environment names.
 */

import type { Clock } from '../../shared/ports/clock.ts';
import type { Secrets } from '../../shared/ports/secrets.ts';
import { readAccessKey } from '../../shared/runtime/access-key-file.ts';
import { urlOf } from '../../shared/runtime/addresses.ts';
import { lazySecrets } from '../../shared/runtime/lazy-secrets.ts';
import { readStackFile } from '../../shared/runtime/stack-file.ts';
import { SECRETS, topology } from '../../shared/topology.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Asked with the first token, so that the server is up before the SDK is loaded. */
export function runnerSecrets(env: Environment, clock: Clock): { readonly secrets: Secrets; readonly name: string } {
  const { JULES_DATA: dataDir, JULES_RUNNER_SECRET: name = SECRETS.runnerToken.name } = env;
  return { name, secrets: lazySecrets(() => (dataDir ? ofStack(dataDir, env, clock) : ofCloud(env, clock))) };
}

async function ofStack(dataDir: string, env: Environment, clock: Clock): Promise<Secrets> {
  const { createEndpointSecrets } = await import('../../shared/adapters/secrets/secrets-manager.ts');
  const { ports, stage } = readStackFile(dataDir);
  const endpoint = urlOf(env, 'AWS_ENDPOINT_URL_SECRETS_MANAGER', ports.secrets);
  const ttlMs = topology(stage).secretCacheMs;
  return createEndpointSecrets({ endpoint, credentials: readAccessKey(dataDir), clock, ttlMs });
}

async function ofCloud(env: Environment, clock: Clock): Promise<Secrets> {
  const { createSecrets, createSecretsClient } = await import('../../shared/adapters/secrets/secrets-manager.ts');
  const region = env['AWS_REGION'];
  if (!region) throw new RangeError('AWS_REGION is not set: set it to the Region of the secrets, such as us-east-1');
  return createSecrets({ sources: [{ name: 'secrets-manager', client: createSecretsClient({ region }) }], clock });
}
