/**
 * MiniStack and LocalStack as we start them: on loopback, of the pinned version, gone when they should be.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Emulator, emulatorAt, startEmulator, stopEmulator } from '../../../../local/emulators/emulator.ts';
import { EMULATORS, isInstalled, whySkipped } from '../../../support/queues/emulators.ts';

const DEAD_MS_MAX = 5_000;
const running: Emulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.stop()));
});

for (const kind of EMULATORS) {
  const start = async (options: Parameters<typeof startEmulator>[1] = {}) => {
    const emulator = await startEmulator(kind, options);
    running.push(emulator);
    return emulator;
  };

  describe.skipIf(!isInstalled(kind))(`${kind.name}${whySkipped(kind)}`, () => {
    it('answers on loopback, on no other address, in its pinned version', async () => {
      const { endpoint, version } = await start();
      expect([version, await emulatorAt(kind, endpoint)]).toEqual([kind.version, kind.version]);
      const { port } = new URL(endpoint);
      const others = Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .filter((address) => address.family === 'IPv4' && !address.internal)
        .map((address) => address.address);
      // 127.0.0.2 reaches a server on all interfaces as well, and exists on machines without a network.
      for (const host of ['127.0.0.2', ...others]) {
        await expect(fetch(`http://${host}:${port}${kind.healthPath}`)).rejects.toThrow('fetch failed');
      }
    });

    it('ends when asked, and takes its folder with it', async () => {
      const emulator = await startEmulator(kind);
      expect(existsSync(emulator.logFile)).toBe(true);
      await emulator.stop();
      expect(existsSync(emulator.logFile)).toBe(false);
      expect(await emulatorAt(kind, emulator.endpoint)).toBe(null);
    });

    it('ends when it does not hear SIGTERM', async () => {
      const emulator = await start();
      process.kill(emulator.pid, 'SIGSTOP');
      await stopEmulator(emulator.pid, 200);
      expect(await emulator.exited).toBe('was ended by SIGKILL');
    });

    it('dies with its parent, also by kill -9', async () => {
      const parent = fork(new URL('../../../support/queues/emulator-process.ts', import.meta.url), [kind.name]);
      const [pid] = (await once(parent, 'message')) as [number];
      expect(isAlive(pid)).toBe(true);
      parent.kill('SIGKILL');
      const giveUpMs = performance.now() + DEAD_MS_MAX;
      while (isAlive(pid) && performance.now() < giveUpMs) await pause(20);
      expect(isAlive(pid)).toBe(false);
    });

    it('keeps its log where it is asked to', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'jules-emulator-'));
      const emulator = await startEmulator(kind, { dir });
      await emulator.stop();
      expect(readdirSync(dir)).toContain(`${kind.name.toLowerCase()}.log`);
      rmSync(dir, { recursive: true, force: true });
    });

    it('does not start on a port that is taken, and names it', async () => {
      const occupant = createServer().listen(0, '127.0.0.1');
      await once(occupant, 'listening');
      const { port } = occupant.address() as AddressInfo;
      await expect(startEmulator(kind, { port })).rejects.toThrow(
        `port ${port} for ${kind.name} is taken by another program`,
      );
      occupant.close();
    });
  });

  describe(`another ${kind.name}`, () => {
    it('is refused by its version, with the fix', async () => {
      const older = createServer((_request, response) => response.end('{"version":"0.9.0"}')).listen(0, '127.0.0.1');
      await once(older, 'listening');
      const endpoint = `http://127.0.0.1:${(older.address() as AddressInfo).port}`;
      await expect(emulatorAt(kind, endpoint)).rejects.toMatchObject({
        message: `${kind.name} at ${endpoint} is version 0.9.0; ours is ${kind.version}`,
        fix: `stop that one and run ${kind.makeVenv}`,
      });
      older.close();
    });

    it('that was never installed names the script that does it', async () => {
      await expect(startEmulator({ ...kind, venv: '.venv-nowhere' })).rejects.toMatchObject({
        message: expect.stringContaining(`${kind.name} is not installed here`) as unknown,
        fix: `run ${kind.makeVenv}`,
      });
    });
  });
}

/** A process that ended and that nobody waits for is still in the table, as a zombie. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
