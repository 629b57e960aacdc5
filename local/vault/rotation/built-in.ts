/**
 * The rotation function that comes with the endpoint: the handler of `functions/rotate-secrets` in the process that has
 * the vault. What it needs is loaded with the first rotation.
 */

import type { Clock } from '../../../shared/ports/clock.ts';
import type { Logger } from '../../../shared/ports/logger.ts';
import { SECRETS } from '../../../shared/topology.ts';
import { type RotationInvoker, RotationStepError } from '../../emulators/secrets-manager/rotation/invoker.ts';
import { localSecrets, type Perform } from '../stack/local-secrets.ts';
import { localKeys } from './local-keys.ts';
import { localStore } from './local-store.ts';

export interface BuiltInOptions {
  /** The service that has the vault. */
  readonly perform: Perform;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tokenOverlapMs: number;
}

type Rotate = (event: unknown) => Promise<void>;

export function builtInInvoker(options: BuiltInOptions): RotationInvoker {
  let loading: Promise<Rotate> | null = null;
  return {
    async invoke(_functionArn, event) {
      loading ??= load(options);
      const rotate = await loading;
      try {
        await rotate(event);
      } catch (error) {
        throw new RotationStepError(codeOf(error), `${event.Step} failed`, error);
      }
    },
  };
}

async function load({ perform, clock, logger, tokenOverlapMs }: BuiltInOptions): Promise<Rotate> {
  const [{ createRotation }, { createDatabaseAdmin }, { withDatabaseAccess }] = await Promise.all([
    import('../../../functions/rotate-secrets/handler.ts'),
    import('../../../shared/adapters/postgres/connection/database-admin.ts'),
    import('../../../shared/runtime/with-secret.ts'),
  ]);
  const admin = { secrets: localSecrets(perform), name: SECRETS.databaseAdmin.name };
  return createRotation({
    store: localStore(perform),
    keys: localKeys(perform),
    database: createDatabaseAdmin((work) => withDatabaseAccess(admin, work)),
    clock,
    logger,
    tokenOverlapMs,
  });
}

/** Codes of our own errors say what is wrong and hold no value. */
function codeOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  const isOurs = ['RotationError', 'SecretAccessError', 'DatabaseError'].includes(String(name));
  return isOurs && typeof code === 'string' ? code : 'FUNCTION_FAILED';
}
