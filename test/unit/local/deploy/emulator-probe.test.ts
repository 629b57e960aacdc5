/**
 * Emulators of every kind, age and temper behind a real port: silent, hanging, foreign, too old.
 */

import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isListening, probeEmulator } from '../../../../local/deploy/emulator-probe.ts';
import type { EmulatorName } from '../../../../local/deploy/targets.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_USAGE, Problem } from '../../../../local/problem.ts';

const MINISTACK = { version: '1.5.33', edition: 'light', ready_scripts: { status: 'completed' } };
const LOCALSTACK = { version: '4.14.0', edition: 'unknown' };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answering(health: unknown, info: unknown = {}): Promise<string> {
  return listen(
    createHttpServer((request, response) => {
      response.end(JSON.stringify(request.url?.endsWith('/info') ? info : health));
    }),
  );
}

async function problemOf(name: EmulatorName, endpoint: string, timeoutMs = 2_000): Promise<Problem> {
  const error: unknown = await probeEmulator(name, endpoint, timeoutMs).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

describe('probing an emulator', () => {
  it('tells which it is, of which version', async () => {
    const endpoint = await answering(MINISTACK);
    expect(await probeEmulator('ministack', endpoint)).toEqual({
      name: 'ministack',
      version: '1.5.33',
      hasContainers: false,
    });
  });

  it.each([true, false])('knows that LocalStack can run functions when it is in a container: %s', async (isDocker) => {
    const endpoint = await answering(LOCALSTACK, { is_docker: isDocker });
    expect(await probeEmulator('localstack', endpoint)).toMatchObject({ hasContainers: isDocker });
  });

  it('takes a newer version, dated ones included', async () => {
    const endpoint = await answering({ ...LOCALSTACK, version: '2026.3.0' });
    expect(await probeEmulator('localstack', endpoint)).toMatchObject({ version: '2026.3.0' });
  });

  it.each([
    { name: 'ministack' as const, health: { ...MINISTACK, version: '1.5.9' }, oldest: '1.5.33' },
    { name: 'localstack' as const, health: { ...LOCALSTACK, version: '4.13.1' }, oldest: '4.14.0' },
  ])('refuses $name $health.version as too old', async ({ name, health, oldest }) => {
    const problem = await problemOf(name, await answering(health));
    expect(problem.message).toContain(`${oldest} or newer is needed`);
    expect(problem.exitCode).toBe(EXIT_DEPENDENCY_DOWN);
  });

  it('names the other emulator where that one answers', async () => {
    const problem = await problemOf('ministack', await answering(LOCALSTACK));
    expect(problem.message).toContain('is LocalStack 4.14.0');
    expect(problem.fix).toContain('--target localstack');
    expect(problem.exitCode).toBe(EXIT_USAGE);
  });

  it('refuses what is not an emulator at all', async () => {
    const problem = await problemOf('ministack', await answering('a page'));
    expect(problem.message).toContain('neither MiniStack nor LocalStack');
  });

  it('says that nobody listens', async () => {
    const endpoint = await answering(MINISTACK);
    const server = servers.pop()!;
    server.close();
    await once(server, 'close');
    expect((await problemOf('ministack', endpoint)).message).toContain('nobody listens there');
    expect(await isListening(endpoint)).toBe(false);
  });

  it('gives up on an endpoint that takes connections and never answers', async () => {
    const endpoint = await listen(createServer(() => undefined));
    const startedMs = performance.now();
    const problem = await problemOf('ministack', endpoint, 300);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(problem.message).toContain('did not answer within 0.3 s');
    expect(problem.fix).toContain('the emulator hangs');
    expect(problem.exitCode).toBe(EXIT_DEPENDENCY_DOWN);
    expect(await isListening(endpoint)).toBe(true);
  });
});
