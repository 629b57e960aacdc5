/**
 * The endpoints that the queue contract is asked of, each started for it on loopback.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmulatorKind, startEmulator } from '../../../../local/emulators/emulator.ts';
import { LOCALSTACK } from '../../../../local/emulators/localstack/localstack.ts';
import { MINISTACK } from '../../../../local/emulators/ministack/ministack.ts';
import { startQueueServer } from '../../../../local/emulators/queues/queue-server.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../../shared/adapters/sqs/client.ts';
import { isInstalled, whySkipped } from '../emulators.ts';
import type { EndpointName } from './endpoint-names.ts';
import { Subject } from './subject.ts';

export interface StartedEndpoint {
  readonly endpoint: string;
  readonly subject: Subject;
  stop(): Promise<void>;
}

export interface ContractEndpoint {
  readonly name: EndpointName;
  readonly isInstalled: boolean;
  readonly whySkipped: string;
  start(): Promise<StartedEndpoint>;
}

export const CONTRACT_ENDPOINTS: readonly ContractEndpoint[] = [
  { name: 'fauxqs', isInstalled: true, whySkipped: '', start: startFauxqs },
  ofEmulator('localstack', LOCALSTACK),
  ofEmulator('ministack', MINISTACK),
];

function ofEmulator(name: EndpointName, kind: EmulatorKind): ContractEndpoint {
  return {
    name,
    isInstalled: isInstalled(kind),
    whySkipped: whySkipped(kind),
    async start() {
      let emulator = await startEmulator(kind);
      const { endpoint } = emulator;
      const restart = async () => {
        await emulator.stop();
        emulator = await startEmulator(kind, { port: Number(new URL(endpoint).port) });
      };
      return started(endpoint, { restart, stop: () => emulator.stop() });
    },
  };
}

/** With our repairs, as the host runs it. */
async function startFauxqs(): Promise<StartedEndpoint> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jules-contract-'));
  let server = await startQueueServer({ dataDir, port: 0 });
  const { port, endpoint } = server;
  const restart = async () => {
    await server.stop();
    server = await startQueueServer({ dataDir, port });
  };
  const stop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return started(endpoint, { restart, stop });
}

function started(endpoint: string, server: { restart(): Promise<void>; stop(): Promise<void> }): StartedEndpoint {
  const access = { endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const subject = new Subject(access, () => server.restart());
  return {
    endpoint,
    subject,
    async stop() {
      subject.close();
      await server.stop();
    },
  };
}
