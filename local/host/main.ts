/**
 * Process entry of the host: the page at once, then queues and functions. Ends with its supervisor.
 *
 * Reads the stack file in the folder that JULES_DATA names, and every credential from the secrets of the stack.
 */

import { createReportApp } from '../../functions/report/page/app.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import type { CommandData } from '../../shared/contracts/command.v2.ts';
import { accessEntry } from '../../shared/domain/audit/entries.ts';
import { SystemAudit } from '../../shared/runtime/audit/system-audit.ts';
import { listenAddress } from '../../shared/runtime/addresses.ts';
import { type MessagingConfig, readStackFile, type StackFile } from '../../shared/runtime/stack-file.ts';
import { readStatusFile } from '../../shared/runtime/status-file.ts';
import { createTokenCheck } from '../../shared/runtime/token-check.ts';
import { SECRETS, topology } from '../../shared/topology.ts';
import type { Host } from './host.ts';
import { startPageServer } from './page-server.ts';
import { createReadiness } from './readiness.ts';
import { askVault, startRotationWatch } from './rotation-watch.ts';
import { createStackStatus } from './stack-status.ts';
import { connectHostAdapters, secretsOfStack } from './adapters.ts';

const logger = createLogger({ name: 'host', level: parseLogLevel(process.env['JULES_LOG']) });
let stopping: Promise<void> | null = null;

async function run(): Promise<void> {
  const dataDir = process.env['JULES_DATA'];
  if (!dataDir) throw new Error('JULES_DATA is not set: start the host with ./jules start, or name the data folder');
  const stack = readStackFile(dataDir);
  const clock = systemClock();
  const readiness = createReadiness();
  const secrets = secretsOfStack({ stack, dataDir, clock });
  const world = connectHostAdapters({ stack, secrets });
  const audit = new SystemAudit({ database: world.database, clock, logger });
  const host = Promise.withResolvers<Host>();
  const send = (command: CommandData) => sendCommand(command, host.promise, stack.run.runId);

  const rotations = startRotationWatch({ ask: askVault(dataDir, process.env), clock, logger });
  const status = createStackStatus({
    stack,
    readiness,
    readStatusFile: () => readStatusFile(dataDir),
    notices: () => rotations.notices(),
  });
  const app = createReportApp({
    views: world.views,
    commands: { send },
    audit: { record: (access) => audit.record(accessEntry(access, Math.floor(clock.nowMs()))) },
    status: async () => status(),
    token: createTokenCheck({ secrets, name: SECRETS.pageToken.name, clock }),
    clock,
    logger,
    allowedHosts: [],
  });
  const page = await startPageServer({ ...listenAddress(process.env, () => stack.ports.page), app, readiness });
  logger.info({ url: page.url }, 'the page is up');

  onStop(async () => {
    await page.stop();
    await rotations.stop();
    await (await host.promise).stop();
    await world.close();
  });

  // What the page does not need is loaded behind it.
  const [{ startHost }, { startAuditKeeping }] = await Promise.all([import('./host.ts'), import('./audit-keeping.ts')]);
  const keeping = startAuditKeeping({
    dataDir,
    world,
    audit,
    send,
    clock,
    logger,
    ready: host.promise.then(({ ready }) => ready),
  });
  host.resolve(
    await startHost({
      dataDir,
      ...queuesOf(stack),
      database: keeping.database,
      functions: hostsFunctions(stack.messaging) ? await world.functions() : [],
      maintain: () => world.maintain(),
      atEnd: () => keeping.stop(),
      clock,
      logger,
      readiness,
    }),
  );
}

function queuesOf({ ports, messaging, stage }: StackFile) {
  return { queuesPort: ports.queues, messaging, topology: topology(stage) };
}

function hostsFunctions(messaging: MessagingConfig): boolean {
  return messaging.kind === 'embedded' || messaging.functions === 'host';
}

async function sendCommand(command: CommandData, starting: Promise<Host>, runId: string): Promise<string> {
  const { createCommandSender } = await import('../../shared/runtime/command-sender.ts');
  const { queue } = await starting;
  return createCommandSender({ queue, runId }).send(command);
}

function onStop(stop: () => Promise<void>): void {
  const stopOnce = (reason: string): void => {
    stopping ??= stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error, 'stopping failed'),
    );
    logger.info({ reason }, 'host stops');
  };
  process.on('SIGTERM', () => stopOnce('SIGTERM'));
  // Ctrl-C reaches the whole terminal group; a supervisor decides the order in which processes stop.
  process.on('SIGINT', () => {
    if (process.channel === undefined) stopOnce('SIGINT');
  });
}

function fail(error: unknown, message: string): never {
  logger.error({ err: error }, message);
  process.exit(1);
}

// The channel closes when the supervisor dies: no process outlives it.
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (error) => fail(error, 'an unhandled rejection'));
process.on('uncaughtException', (error) => fail(error, 'an uncaught exception'));
await run().catch((error: unknown) => fail(error, 'the host did not start'));
