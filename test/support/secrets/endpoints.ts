/**
 * A real endpoint over a real vault in a folder of its own, on a free loopback port, with a clock that can be moved on.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretsApp } from '../../../local/emulators/secrets-manager/app.ts';
import type { RotationInvoker } from '../../../local/emulators/secrets-manager/rotation/invoker.ts';
import { startSecretsServer } from '../../../local/emulators/secrets-manager/server.ts';
import { createSecretsService, type SecretsService } from '../../../local/emulators/secrets-manager/service.ts';
import { createVerifier } from '../../../local/emulators/secrets-manager/sigv4.ts';
import { openLockedVault } from '../../../local/vault/store/locked-vault.ts';
import { vaultPlaces, type VaultPlaces } from '../../../local/vault/store/places.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';

export const ACCESS_KEY = { accessKeyId: 'JULESTESTKEY', secretAccessKey: 'test-secret-key' } as const;
export const REGION = 'us-east-1';

export interface TestEndpoint {
  readonly url: string;
  readonly places: VaultPlaces;
  readonly service: SecretsService;
  /** Time of the endpoint, from now on. */
  moveOn(byMs: number): void;
  readonly clock: Clock;
  stop(): Promise<void>;
}

export interface TestEndpointOptions {
  readonly dataDir?: string;
  readonly invoker?: RotationInvoker | null;
  /** Rotations and deletions that are due run every second; without it only when asked. */
  readonly isTicking?: boolean;
  /** Never, unless a test is about them: it may run at any time of the day. */
  readonly quietHours?: (nowMs: number) => boolean;
}

export async function startTestEndpoint(options: TestEndpointOptions = {}): Promise<TestEndpoint> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'jules-secrets-')));
  const places = vaultPlaces(dataDir);
  const logger = createLogger({ name: 'test', level: 'silent' });
  const clock = movableClock();
  const source = { kind: 'file', path: places.keyFile } as const;
  const opened = await openLockedVault({ places, source, logger, nowMs: () => Math.floor(clock.nowMs()) });
  const { invoker = null, quietHours = () => false } = options;
  const service = createSecretsService({
    ...opened,
    clock,
    logger,
    invoker,
    quietHours,
    region: REGION,
    accountId: '000000000000',
  });
  const server = await startSecretsServer(
    createSecretsApp({ service, verifier: createVerifier([ACCESS_KEY]), clock, logger }),
    0,
  );
  opened.announceUrl(server.url);
  if (options.isTicking) service.start();
  return {
    url: server.url,
    places,
    service,
    clock,
    moveOn: (byMs) => clock.moveOn(byMs),
    async stop() {
      await server.stop();
      await service.stop();
      await opened.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function movableClock(): Clock & { moveOn(byMs: number): void } {
  const real = systemClock();
  let offsetMs = 0;
  return {
    nowMs: () => real.nowMs() + offsetMs,
    sleep: (delayMs, signal) => real.sleep(delayMs, signal),
    moveOn: (byMs) => void (offsetMs += byMs),
  };
}
