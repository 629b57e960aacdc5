/**
 * What `jules secrets serve` does: opens the vault, answers on loopback, waits, stops.
 */

import { systemClock } from '../../../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../../../shared/adapters/system/logger.ts';
import { topology } from '../../../../shared/topology.ts';
import { accessKeyFrom, ownAccessKey } from '../../../vault/access-key.ts';
import { createSecretsApp } from '../../../emulators/secrets-manager/app.ts';
import { lambdaInvoker, type RotationInvoker } from '../../../emulators/secrets-manager/rotation/invoker.ts';
import { PortError } from '../../../listening.ts';
import { type SecretsServer, startSecretsServer } from '../../../emulators/secrets-manager/server.ts';
import { createSecretsService, type SecretsService } from '../../../emulators/secrets-manager/service.ts';
import { type AccessKey, createVerifier } from '../../../emulators/secrets-manager/sigv4.ts';
import { LOCAL_REALM } from '../../../vault/realm.ts';
import { type BuiltInOptions, builtInInvoker } from '../../../vault/rotation/built-in.ts';
import type { Perform } from '../../../vault/stack/local-secrets.ts';
import { diskFileSystem } from '../../../vault/store/file-system.ts';
import { defaultDataDir, prepareDataDir } from '../../../stack/data-dir.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, messageOf, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import type { ServeOptions } from './run.ts';
import { openForCli, placesOf, asProblem } from './vault.ts';
import { watchStopSignals } from '../../shell/signals.ts';

/** Who acts when the built-in rotation reads and writes. */
const ROTATION_ACTOR = 'rotate-secrets';

export async function serveSecrets(options: ServeOptions, context: CliContext): Promise<number> {
  const { terminal, env } = context;
  checkUrl(options.lambdaEndpoint);
  const given = givenKey(env);
  const places = placesOf(prepareDataDir(options.data ?? defaultDataDir(env)), options);
  const signals = watchStopSignals(() => process.exit(EXIT_FAILED));
  try {
    await asProblem(async () => {
      const opened = await openForCli(places, options, context);
      try {
        const key = given ?? (await ownAccessKey(places.accessKey, diskFileSystem()));
        await serveUntil(signals.first, { opened, key, options, context });
      } finally {
        await opened.close();
      }
    });
  } finally {
    signals.dispose();
  }
  terminal.note('the endpoint has stopped');
  return EXIT_OK;
}

async function serveUntil(
  stopped: Promise<unknown>,
  {
    opened,
    key,
    options,
    context,
  }: {
    readonly opened: Awaited<ReturnType<typeof openForCli>>;
    readonly key: AccessKey;
    readonly options: ServeOptions;
    readonly context: CliContext;
  },
): Promise<void> {
  const { env, terminal } = context;
  const clock = systemClock();
  const logger = createLogger({ name: 'secrets', level: parseLogLevel(env['JULES_LOG']) });
  const perform: Perform = (target, input) => service.perform(target, input, ROTATION_ACTOR);
  const invoker = invokerFor({ options, key, builtIn: { perform, clock, logger } });
  const service: SecretsService = createSecretsService({
    ...opened,
    clock,
    logger,
    invoker,
    region: options.region,
    accountId: LOCAL_REALM.accountId,
  });
  const server = await listen(
    createSecretsApp({ service, verifier: createVerifier([key]), clock, logger }),
    options.port,
  );
  opened.announceUrl(server.url);
  service.start();
  terminal.out(options.json ? JSON.stringify({ endpoint: server.url, accessKeyId: key.accessKeyId }) : server.url);
  terminal.note(`Secrets Manager endpoint for access key ${key.accessKeyId}; Ctrl-C stops it`);
  await stopped;
  await server.stop();
  await service.stop();
}

function invokerFor({
  options: { lambdaEndpoint, region },
  key,
  builtIn,
}: {
  readonly options: ServeOptions;
  readonly key: AccessKey;
  readonly builtIn: Omit<BuiltInOptions, 'tokenOverlapMs'>;
}): RotationInvoker {
  if (lambdaEndpoint !== undefined) return lambdaInvoker(lambdaEndpoint, { key, region });
  return builtInInvoker({ ...builtIn, tokenOverlapMs: topology().tokenOverlapMs });
}

async function listen(app: Parameters<typeof startSecretsServer>[0], port: number): Promise<SecretsServer> {
  try {
    return await startSecretsServer(app, port);
  } catch (cause) {
    if (!(cause instanceof PortError)) throw cause;
    throw new Problem(cause.message, {
      fix: 'name another with --port, or 0 for a free one',
      exitCode: EXIT_USAGE,
      cause,
    });
  }
}

function givenKey(env: CliContext['env']): AccessKey | null {
  try {
    return accessKeyFrom(env);
  } catch (cause) {
    throw new Problem(messageOf(cause), { fix: 'set both variables, or neither', exitCode: EXIT_USAGE, cause });
  }
}

function checkUrl(text: string | undefined): void {
  if (text === undefined) return;
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return;
  throw new Problem(`--lambda-endpoint: '${text}' is not an address`, {
    fix: 'give one such as http://127.0.0.1:3001',
    exitCode: EXIT_USAGE,
  });
}
