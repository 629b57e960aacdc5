/**
 * Lambda entry of rotate-secrets: picks adapters by the environment and wraps the handler.
 */

import { createDatabaseAdmin } from '../../shared/adapters/postgres/database-admin.ts';
import { createSecretStore } from '../../shared/adapters/secrets/secret-store.ts';
import { createSecrets, createSecretsClient } from '../../shared/adapters/secrets/secrets-manager.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import { readRotationSettings } from '../../shared/runtime/function-settings.ts';
import { withDatabaseAccess } from '../../shared/runtime/with-secret.ts';
import { createRotation } from './handler.ts';

const { region, logLevel, adminSecret } = readRotationSettings(process.env);
const client = createSecretsClient({ region });
const clock = systemClock();
const secrets = createSecrets({ sources: [{ name: 'secrets-manager', client }], clock });

export const handler = createRotation({
  store: createSecretStore(client),
  database: createDatabaseAdmin((work) => withDatabaseAccess({ secrets, name: adminSecret }, work)),
  clock,
  logger: createLogger({ name: 'rotate-secrets', level: parseLogLevel(logLevel) }),
});
