/**
 * Process entry of the gateway: reads the stack file, plays the source's sessions, ends with its supervisor.
 *
 * Exit code 0 after the last session of a replay, 78 where the run must not go on; otherwise it stays up until it is
 * stopped.
 */

import { createPostgresDatabase } from '../shared/adapters/postgres/connection/database.ts';
import { holdLease } from '../shared/adapters/postgres/connection/lease.ts';
import { createEndpointSecrets } from '../shared/adapters/secrets/secrets-manager.ts';
import { queueAccess } from '../shared/adapters/sqs/access.ts';
import { createSqsQueue } from '../shared/adapters/sqs/sqs-queue.ts';
import { systemClock } from '../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../shared/adapters/system/logger.ts';
import { readAccessKey } from '../shared/runtime/access-key-file.ts';
import { listenAddress, urlOf } from '../shared/runtime/addresses.ts';
import { exitWithProblem } from '../shared/runtime/process-problem.ts';
import { readStackFile, type StackFile } from '../shared/runtime/stack-file.ts';
import { databaseLogin } from '../shared/runtime/with-secret.ts';
import { SECRETS, topology as topologyOf } from '../shared/topology.ts';
import { runGateway } from './gateway.ts';
import { startHealthServer } from './health.ts';
import { Journal } from './minutes/journal.ts';
import { createLogOnlyBridge } from './brokers/simulated-broker.ts';
import { createMinuteClock } from './minute-clock.ts';
import { type AllClearParts, runPulses, sendAllClear } from './minutes/pulse.ts';
import type { SessionPlayer } from './session-player.ts';
import { RunStoppedError } from './run-stopped.ts';
import { openSource } from './sources/source.ts';

const POOL_MAX = 4;
const RUNNER_PROBE_MS = 2_000;

const logger = createLogger({ name: 'gateway', level: parseLogLevel(process.env['JULES_LOG']) });
const stopping = new AbortController();

async function run(): Promise<void> {
  const dataDir = process.env['JULES_DATA'];
  if (!dataDir) throw new Error('JULES_DATA is not set: start the gateway with ./jules start, or name the data folder');
  const stack = readStackFile(dataDir);
  const clock = systemClock();
  let player: SessionPlayer | null = null;
  const health = () => ({ session: player?.session.date ?? 0, minuteIndex: player?.minuteIndex ?? -1 });
  const { host, port } = listenAddress(process.env, () => stack.ports.gateway);
  const server = await startHealthServer(port, health, host);

  const topology = topologyOf(stack.stage);
  const queue = createSqsQueue({ ...queueAccess(stack), topology });
  const secrets = createEndpointSecrets({
    endpoint: urlOf(process.env, 'AWS_ENDPOINT_URL_SECRETS_MANAGER', stack.ports.secrets),
    credentials: readAccessKey(dataDir),
    clock,
    ttlMs: topology.secretCacheMs,
  });
  const login = databaseLogin({ secrets, name: SECRETS.databaseApp.name });
  // Two gateways would be two sessions with one broker, of which the second ends the first.
  const onTaken = () =>
    fail(new Error('another gateway holds the lease'), 'this gateway stops: another one has taken over');
  await holdLease({ name: 'gateway', login, clock, logger, onTaken }, stopping.signal);
  const database = createPostgresDatabase({ login, applicationName: 'gateway', poolMax: POOL_MAX });
  const journal = new Journal(dataDir, stack.run.runId);
  const pulseParts = pulsePartsOf(stack, { queue, clock });
  const intervalMs = topology.pulseIntervalMs;
  const hasPulses = stack.clock.kind === 'realtime';
  const pulses = hasPulses
    ? runPulses({ ...pulseParts, intervalMs, player: () => player }, stopping.signal)
    : Promise.resolve();

  const end = await runGateway(
    {
      config: stack.run,
      kind: stack.kind,
      source: openSource(stack.source, stack.run.symbols),
      broker: createLogOnlyBridge(stack.run, dataDir),
      journal,
      minuteClock: createMinuteClock(stack.clock, clock),
      database,
      queue,
      topology,
      clock,
      logger,
      onSession: async (next) => {
        const isFirst = player === null;
        player = next;
        if (isFirst && !hasPulses) await sendAllClear(pulseParts, next, stopping.signal);
      },
    },
    stopping.signal,
  );
  logger.info({ end }, 'gateway is done');
  if (end === 'finished' && !stack.exitWhenDone) await untilStopped();
  stopping.abort();
  await pulses;
  await journal.close();
  queue.close();
  await database.close();
  server.close();
}

function pulsePartsOf(stack: StackFile, parts: Pick<AllClearParts, 'queue' | 'clock'>): AllClearParts {
  const url = `${urlOf(process.env, 'JULES_RUNNER_URL', stack.ports.runner)}/readyz`;
  return { ...parts, runId: stack.run.runId, logger, isRunnerUp: () => answers(url) };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(RUNNER_PROBE_MS) })).ok;
  } catch {
    // Whatever keeps it from answering, risk learns that the runner is down.
    return false;
  }
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
}

function fail(error: unknown, message: string): never {
  logger.error({ err: error }, message);
  process.exit(1);
}

process.on('SIGTERM', () => stopping.abort());
// Ctrl-C reaches the whole terminal group; a supervisor decides the order in which processes stop.
process.on('SIGINT', () => {
  if (process.channel === undefined) stopping.abort();
});
// The channel closes when the supervisor dies: no process outlives it.
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (error) => fail(error, 'an unhandled rejection'));
process.on('uncaughtException', (error) => fail(error, 'an uncaught exception'));
await run().then(
  () => process.exit(0),
  (error: unknown) => {
    if (!(error instanceof RunStoppedError)) fail(error, 'the gateway stopped');
    logger.error({ err: error, fix: error.fix }, 'the run stops: it cannot go on as it was begun');
    exitWithProblem(error);
  },
);
