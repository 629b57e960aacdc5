/**
 * Process entry of the secrets: the only one that has the vault of the data folder that JULES_DATA names. Serves the
 * Secrets Manager endpoint on loopback, rotates what is due, and ends with its supervisor.
 *
 * Exit code 78 (as in sysexits.h) when the vault does not open: starting again would not help.
 */

import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import { databasePlace, listenAddress } from '../../shared/runtime/addresses.ts';
import { readStackFile } from '../../shared/runtime/stack-file.ts';
import { topology } from '../../shared/topology.ts';
import { ownAccessKey } from './access-key.ts';
import { createSecretsApp } from '../emulators/secrets-manager/app.ts';
import { startSecretsServer } from '../emulators/secrets-manager/server.ts';
import { createSecretsService, type SecretsService } from '../emulators/secrets-manager/service.ts';
import { createVerifier } from '../emulators/secrets-manager/sigv4.ts';
import { LOCAL_REALM } from './realm.ts';
import { builtInInvoker } from './rotation/built-in.ts';
import { openStackVault } from './stack/open-stack-vault.ts';
import { VaultError } from './store/errors.ts';
import { diskFileSystem } from './store/file-system.ts';
import { vaultPlaces } from './store/places.ts';

const EXIT_CONFIG = 78;
/** Who acts when the built-in rotation reads and writes. */
const ROTATION_ACTOR = 'rotate-secrets';

const logger = createLogger({ name: 'secrets', level: parseLogLevel(process.env['JULES_LOG']) });
let stopping: Promise<void> | null = null;

async function run(): Promise<void> {
  const dataDir = process.env['JULES_DATA'];
  if (!dataDir) throw new Error('JULES_DATA is not set: start the secrets with ./jules start, or name the data folder');
  const stack = readStackFile(dataDir);
  const clock = systemClock();
  const opened = await openStackVault({ dataDir, at: databasePlace(process.env, stack.ports.postgres), logger });
  const key = await ownAccessKey(vaultPlaces(dataDir).accessKey, diskFileSystem());
  const service: SecretsService = createSecretsService({
    ...opened,
    ...LOCAL_REALM,
    clock,
    logger,
    invoker: builtInInvoker({
      perform: (target, input) => service.perform(target, input, ROTATION_ACTOR),
      clock,
      logger,
      tokenOverlapMs: topology(stack.stage).tokenOverlapMs,
    }),
  });
  const app = createSecretsApp({ service, verifier: createVerifier([key]), clock, logger });
  const { host, port } = listenAddress(process.env, () => stack.ports.secrets);
  const server = await startSecretsServer(app, port, host);
  opened.announceUrl(server.url);
  service.start();
  logger.info({ url: server.url, secrets: opened.vault.state.secrets.size }, 'secrets are served');
  onStop(async () => {
    await server.stop();
    await service.stop();
    await opened.close();
  });
}

function onStop(stop: () => Promise<void>): void {
  const stopOnce = (reason: string): void => {
    stopping ??= stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error, 'stopping failed'),
    );
    logger.info({ reason }, 'secrets stop');
  };
  process.on('SIGTERM', () => stopOnce('SIGTERM'));
  // Ctrl-C reaches the whole terminal group; a supervisor decides the order in which processes stop.
  process.on('SIGINT', () => {
    if (process.channel === undefined) stopOnce('SIGINT');
  });
}

function fail(error: unknown, message: string): never {
  const err = error instanceof VaultError ? new Error(`${error.message}; fix: ${error.fix}`) : error;
  logger.error({ err }, message);
  const isHopeless = error instanceof VaultError && !['LOCKED', 'WRITE_FAILED'].includes(error.code);
  process.exit(isHopeless ? EXIT_CONFIG : 1);
}

// The channel closes when the supervisor dies: no process outlives it. What was confirmed is on disk.
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (error) => fail(error, 'an unhandled rejection'));
process.on('uncaughtException', (error) => fail(error, 'an uncaught exception'));
await run().catch((error: unknown) => fail(error, 'the secrets are not served'));
