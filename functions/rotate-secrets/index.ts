/**
 * Lambda entry of rotate-secrets: picks adapters by the environment and wraps the handler.
 */

import { createDatabaseAdmin } from '../../shared/adapters/postgres/connection/database-admin.ts';
import { createKeyGenerations } from '../../shared/adapters/secrets/key-generations.ts';
import { createSecretStore } from '../../shared/adapters/secrets/secret-store.ts';
import { createSecrets, createSecretsClient } from '../../shared/adapters/secrets/secrets-manager.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import { readRotationSettings } from '../../shared/runtime/function-settings.ts';
import { withDatabaseAccess } from '../../shared/runtime/with-secret.ts';
import { topology } from '../../shared/topology.ts';
import { createRotation } from './handler.ts';

const { env } = process;
const { region, stage, logLevel, adminSecret } = readRotationSettings(env);
const client = createSecretsClient({ region });
const clock = systemClock();
const secrets = createSecrets({ sources: [{ name: 'secrets-manager', client }], clock });

export const handler = createRotation({
  store: createSecretStore(client),
  database: createDatabaseAdmin((work) => withDatabaseAccess({ secrets, name: adminSecret }, work)),
  keys: createKeyGenerations({
    // As the SDK reads them; without one this is AWS.
    endpoint: env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] || env['AWS_ENDPOINT_URL'] || null,
    region,
    credentials: () => client.config.credentials(),
    nowMs: () => clock.nowMs(),
  }),
  clock,
  logger: createLogger({ name: 'rotate-secrets', level: parseLogLevel(logLevel) }),
  tokenOverlapMs: topology(stage).tokenOverlapMs,
});
