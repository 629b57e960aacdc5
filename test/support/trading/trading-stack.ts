/**
 * A whole stack in one process: gateway, queues, the three functions in their wrappers and pollers, sweeper and runner,
 * over a memory database. Processes that die are started again, as the supervisor would.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { createIngest } from '../../../functions/ingest/handler.ts';
import { createRisk } from '../../../functions/risk/handler.ts';
import { createSignal } from '../../../functions/signal/handler.ts';
import { type GatewayOptions, runGateway } from '../../../gateway/gateway.ts';
import { createLogOnlyBridge } from '../../../gateway/brokers/simulated-broker.ts';
import type { MarketSource } from '../../../shared/ports/market-source.ts';
import type { MemoryDatabase } from '../memory/memory-database.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Route } from '../../../shared/ports/handler.ts';
import type { Runner } from '../../../shared/ports/runner.ts';
import { createDatabaseGate } from '../../../shared/runtime/database-gate.ts';
import { type Poller, startPoller } from '../../../shared/runtime/poller.ts';
import { sqsHandler } from '../../../shared/runtime/sqs-handler.ts';
import { createSweep } from '../../../shared/runtime/sweep.ts';
import { QUEUE_NAMES, type QueueName, type Topology, topology as topologyOf } from '../../../shared/topology.ts';
import { Life } from './life.ts';
import { MemoryQueues, type MemoryQueuesOptions } from './memory-queues.ts';
import { inProcessRunner } from './runner.ts';
import type { Trouble } from './trouble.ts';

export interface StackParts {
  readonly config: RunConfig;
  readonly source: MarketSource;
  readonly database: MemoryDatabase;
  readonly clock: Clock;
  readonly trouble: Trouble;
  /** For what the bridge writes. */
  readonly dataDir: string;
  readonly journal: Parameters<typeof runGateway>[0]['journal'];
  readonly damage?: MemoryQueuesOptions['damage'];
  /** In place of the one with the built-in policies. */
  readonly runner?: Runner;
  readonly onSession?: GatewayOptions['onSession'];
  /** Ends a stack whose gateway would not end by itself. */
  readonly stop?: AbortSignal;
}

/** What the sweeper leaves alone, in ticks of the hurried clock. */
const SWEEP_AGE_MS = 30;
const SWEEP_PAUSE_MS = 2;
/** Long enough that a busy machine is not taken for a lost message. */
const RESEND_MS = 40;

const FUNCTIONS: readonly {
  name: string;
  queue: QueueName;
  routes: (life: Life, parts: StackParts) => readonly Route[];
}[] = [
  { name: 'ingest', queue: 'minutes', routes: () => createIngest() },
  {
    name: 'signal',
    queue: 'bars-ready',
    routes: (life, { runner = inProcessRunner() }) => createSignal({ runner: life.runner(runner) }),
  },
  { name: 'risk', queue: 'signals', routes: () => createRisk() },
];

const logger = createLogger({ name: 'test', level: 'silent' });

/** Resolves when the gateway has played its last session and every message is handled. */
export async function playStack(parts: StackParts): Promise<void> {
  const stopping = new AbortController();
  const topology = hurriedTopology();
  const { trouble } = parts;
  const comesAgainAfter = () => trouble.comesAgainAfter();
  const queues = new MemoryQueues({ topology, comesAgainAfter, ...(parts.damage && { damage: parts.damage }) });
  const stack = { ...parts, topology, queues };
  parts.stop?.addEventListener('abort', () => stopping.abort(), { once: true });
  const functions = FUNCTIONS.map((each) => keepAlive(each.name, stack, (life) => host(each, stack, life), stopping));
  const sweeping = sweep(stack, stopping.signal);
  try {
    await keepAlive('gateway', stack, (life) => gateway(stack, life), stopping);
    if (!stopping.signal.aborted) await drain(stack);
  } finally {
    stopping.abort();
    await Promise.all([...functions, sweeping]);
  }
}

type Stack = StackParts & { readonly topology: Topology; readonly queues: MemoryQueues };

/** Until the process ends by itself or the stack stops; a death is followed by another life. */
async function keepAlive(
  name: string,
  { queues, trouble }: Stack,
  run: (life: Life) => Promise<void>,
  stopping: AbortController,
): Promise<void> {
  for (;;) {
    const life = new Life(name, trouble);
    const died = Promise.withResolvers<'died'>();
    life.end.addEventListener('abort', () => died.resolve('died'), { once: true });
    const stopped = Promise.withResolvers<'stopped'>();
    stopping.signal.addEventListener('abort', () => stopped.resolve('stopped'), { once: true });
    const end = await Promise.race([run(life).then(() => 'ended' as const), died.promise, stopped.promise]);
    // What hangs is left behind as a killed process is.
    if (end === 'stopped') life.kill();
    if (end !== 'died') return;
    queues.recover(queueOf(name));
  }
}

function queueOf(name: string): QueueName {
  return FUNCTIONS.find((each) => each.name === name)?.queue ?? 'orders';
}

async function host(
  { name, queue: queueName, routes }: (typeof FUNCTIONS)[number],
  stack: Stack,
  life: Life,
): Promise<void> {
  const { clock, topology } = stack;
  const gate = createDatabaseGate({ database: life.database(stack.database), clock, logger });
  const queue = life.queue(stack.queues);
  const consumer = topology.queues[queueName].consumer;
  const handler = sqsHandler({
    consumer,
    routes: routes(life, stack),
    database: gate.database,
    queue,
    clock,
    logger: logger.child({ name }),
    topology,
  });
  const poller: Poller = startPoller({ spec: topology.queues[queueName], queue, handler, gate, clock, logger });
  await new Promise<void>((resolve) => life.end.addEventListener('abort', () => resolve(), { once: true }));
  await poller.stop();
}

async function gateway(stack: Stack, life: Life): Promise<void> {
  const { config, source, clock, topology, journal, dataDir } = stack;
  await runGateway(
    {
      config,
      kind: 'replay',
      source,
      broker: life.broker(createLogOnlyBridge(config, dataDir)),
      journal,
      minuteClock: { nextClose: async () => undefined, betweenSessions: async () => undefined },
      database: life.database(stack.database),
      queue: life.queue(stack.queues),
      topology,
      clock,
      logger,
      ...(stack.onSession && { onSession: stack.onSession }),
    },
    life.end,
  );
}

/** Without troubles of its own: the next sweeper would do what this one could not. */
async function sweep({ database, queues }: Stack, signal: AbortSignal): Promise<void> {
  const sweepOnce = createSweep({ database, queue: queues, logger, minimumAgeMs: SWEEP_AGE_MS });
  while (!signal.aborted) {
    await pause(SWEEP_PAUSE_MS);
    await sweepOnce();
  }
}

/** The functions' queues only: nobody polls the gateway's once it has ended. */
async function drain({ database, queues, clock }: Stack): Promise<void> {
  queues.flushLate();
  const handled = QUEUE_NAMES.filter((name) => name !== 'orders');
  while (queues.depth(handled) > 0 || database.outbox.some(({ published }) => !published)) {
    await pause(SWEEP_PAUSE_MS);
    for (let ticks = 0; ticks < SWEEP_AGE_MS; ticks += 1) clock.nowMs();
  }
}

function hurriedTopology(): Topology {
  const table = topologyOf();
  return {
    ...table,
    queues: { ...table.queues, minutes: { ...table.queues.minutes, visibilityTimeoutMs: RESEND_MS } },
  };
}
