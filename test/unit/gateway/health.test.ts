/**
 * What the gateway reports over HTTP.
 */

import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startHealthServer } from '../../../gateway/health.ts';

async function start(): Promise<string> {
  const server = await startHealthServer(0, () => ({ session: 20250103, minuteIndex: 7 }));
  onTestFinished(() => void server.close());
  const { address, port } = server.address() as AddressInfo;
  expect(address).toBe('127.0.0.1');
  return `http://127.0.0.1:${port}`;
}

describe('the health of the gateway', () => {
  it('is ok, with where it is in its session', async () => {
    const answer = await fetch(`${await start()}/healthz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok', session: 20250103, minuteIndex: 7 });
  });

  it.each([
    ['GET', '/'],
    ['POST', '/healthz'],
  ])('is all there is: %s %s is not found', async (method, path) => {
    const answer = await fetch(`${await start()}${path}`, { method });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: 'only GET /healthz is served' });
  });

  it('does not start on a port that is taken', async () => {
    const port = Number(new URL(await start()).port);
    await expect(startHealthServer(port, () => ({ session: 0, minuteIndex: -1 }))).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
