/**
 * Ten thousand secrets: none is lost, all can be listed, and slow or silent clients hold nobody up.
 */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLockedVault } from '../../../local/vault/store/locked-vault.ts';
import { vaultPlaces } from '../../../local/vault/store/places.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import { javascriptClient } from '../../support/secrets/contract/javascript-client.ts';
import { Subject } from '../../support/secrets/contract/subject.ts';
import { ACCESS_KEY, REGION, startTestEndpoint } from '../../support/secrets/endpoints.ts';
import { secretRecord } from '../../support/secrets/vaults.ts';

const MANY = 10_000;

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-many-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function fill(): Promise<void> {
  const places = vaultPlaces(dataDir);
  const source = { kind: 'file', path: places.keyFile } as const;
  const logger = createLogger({ name: 'test', level: 'silent' });
  const { vault, close } = await openLockedVault({ places, source, logger, nowMs: () => 1_000 });
  await vault.transact((transaction) => {
    for (let n = 0; n < MANY; n += 1) {
      const [name, id] = [`many/${n}`, `version-${n}`];
      const version = { id, createdMs: 1_000, accessedDayMs: null, stages: ['AWSCURRENT'] };
      transaction.put(secretRecord({ name, createdMs: n, versions: [version] }));
      transaction.putValue(name, id, { kind: 'string', bytes: Buffer.from(`text ${n}`) });
    }
  });
  await close();
}

describe('ten thousand secrets', () => {
  it('are all there, in their order, with their values', async () => {
    await fill();
    const endpoint = await startTestEndpoint({ dataDir });
    const client = javascriptClient({ url: endpoint.url, region: REGION, credentials: ACCESS_KEY });
    const s = new Subject(client);
    const names: string[] = [];
    let NextToken: unknown;
    do {
      const page = await s.ok('ListSecrets', { NextToken, SortOrder: 'asc' });
      names.push(...(page['SecretList'] as { Name: string }[]).map(({ Name }) => Name));
      NextToken = page['NextToken'];
    } while (NextToken !== undefined);
    expect(names).toEqual(Array.from({ length: MANY }, (_, n) => `many/${n}`));
    expect(await s.text('many/0')).toBe('text 0');
    expect(await s.text('many/9999')).toBe('text 9999');
    await client.close();
    await endpoint.stop();
  });
});

describe('a client that says nothing', () => {
  it.each([
    ['at all', ''],
    ['after its headers', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{'],
    ['within its headers', 'POST / HTTP/1.1\r\nHo'],
  ])('%s is left after a while, and others are answered meanwhile', async (_when, text) => {
    const endpoint = await startTestEndpoint({ dataDir });
    const socket = connect(Number(new URL(endpoint.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(text);
    socket.resume();
    const closed = once(socket, 'close');
    expect((await fetch(`${endpoint.url}/healthz`)).status).toBe(200);
    await closed;
    expect((await fetch(`${endpoint.url}/healthz`)).status).toBe(200);
    await endpoint.stop();
  });
});
