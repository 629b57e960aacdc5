/**
 * The page server on a real port: it stands before the stack is ready, and says so.
 */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { startPageServer } from '../../../local/host/page-server.ts';
import { createReadiness } from '../../../local/host/readiness.ts';

const app = new Hono().get('/', (c) => c.text('page'));

describe('the page server', () => {
  it('answers before anything else is up, and says when the rest is', async () => {
    const readiness = createReadiness();
    const server = await startPageServer({ port: 0, app, readiness });
    const at = (path: string) => fetch(new URL(path, server.url));
    expect(await (await at('')).text()).toBe('page');
    expect((await at('healthz')).status).toBe(200);
    expect((await at('readyz')).status).toBe(503);
    for (const part of ['queues', 'database', 'functions'] as const) readiness.markUp(part);
    const ready = await at('readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, parts: { queues: true, database: true, functions: true } },
    ]);
    await server.stop();
  });

  it('ends open streams when it stops', async () => {
    const streaming = new Hono().get(
      '/',
      () => new Response(new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode('a')) })),
    );
    const server = await startPageServer({ port: 0, app: streaming, readiness: createReadiness() });
    const stream = await fetch(server.url);
    await server.stop();
    await expect(stream.text()).rejects.toThrow('terminated');
  });

  it('names the occupied port', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as { port: number };
    await expect(startPageServer({ port, app, readiness: createReadiness() })).rejects.toThrow(
      `port ${port} on 127.0.0.1 for the page is used by another program: stop it or choose another port`,
    );
    occupant.close();
  });
});
