/**
 * The first start of a vault: what it holds then, and what a power cut at any write leaves.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { relocateDatabase } from '../../../../../local/vault/stack/relocate.ts';
import { seedSecrets } from '../../../../../local/vault/stack/seed.ts';
import type { Vault } from '../../../../../local/vault/store/vault.ts';
import { readCredential } from '../../../../../shared/contracts/credentials.v1.ts';
import type { SecretEvent } from '../../../../../shared/ports/secret-audit.ts';
import { SECRETS } from '../../../../../shared/topology.ts';
import { type PowerCutFiles, powerCutFiles } from '../../../../support/secrets/power-cut-files.ts';
import { openTestVault, store, textOf } from '../../../../support/secrets/vaults.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 12);
const HOST = '127.0.0.1';
const PORT = 20_001;

let files: PowerCutFiles;
const recorded: SecretEvent[] = [];
beforeEach(() => {
  files = powerCutFiles();
  recorded.length = 0;
});

async function seed(vault: Vault): Promise<void> {
  const journal = { record: async (event: SecretEvent) => void recorded.push(event) };
  const opened = { vault, journal } as unknown as Parameters<typeof seedSecrets>[0]['opened'];
  await seedSecrets({ opened, at: { host: HOST, port: PORT }, nowMs: NOW_MS });
}

function valueOf(vault: Vault, key: keyof typeof SECRETS): Record<string, unknown> {
  return JSON.parse(textOf(vault, SECRETS[key].name) ?? 'null') as Record<string, unknown>;
}

describe('a new folder', () => {
  it('has every secret but that of the operator, each of its kind, and nobody was asked', async () => {
    const vault = await openTestVault(files);
    await seed(vault);
    const { brokerApiKey, ...made } = SECRETS;
    expect(textOf(vault, brokerApiKey.name)).toBeNull();
    for (const { name, kind } of Object.values(made)) {
      expect(readCredential(textOf(vault, name) ?? '')?.kind).toBe(kind);
    }
    expect(recorded.map(({ operation, actor }) => [operation, actor])).toEqual(
      Object.keys(made).map(() => ['CreateSecret', 'first-start']),
    );
  });

  it('rotates each by the weekly schedule, and none at once', async () => {
    const vault = await openTestVault(files);
    await seed(vault);
    for (const { rotation } of vault.state.secrets.values()) {
      expect(rotation).toMatchObject({ enabled: true, pending: null, nextMs: Date.UTC(2026, 0, 11, 8) });
    }
  });

  it('keeps what it has at the second start', async () => {
    const vault = await openTestVault(files);
    await store(vault, SECRETS.runnerToken.name, '{"kind":"service_token"}');
    await seed(vault);
    const { epoch } = vault;
    await seed(vault);
    expect([vault.epoch, textOf(vault, SECRETS.runnerToken.name)]).toEqual([epoch, '{"kind":"service_token"}']);
  });
});

describe('a start that a power cut ends', () => {
  it.each(['lost', 'torn', 'kept'] as const)(
    'leaves all secrets or none, at any write (unflushed writes %s), and the next start has all',
    async (after) => {
      await seed(await openTestVault(files));
      const writes = files.operations;
      expect(writes).toBeGreaterThan(5);
      for (let operation = 1; operation <= writes; operation += 1) {
        files = powerCutFiles();
        files.cutAt(operation);
        await expect(openTestVault(files).then(seed), `cut at ${operation}`).rejects.toThrow('no power');
        files = files.restore(after);
        const vault = await openTestVault(files);
        const { size } = vault.state.secrets;
        expect([operation, size === 0 || size === Object.keys(SECRETS).length - 1]).toEqual([operation, true]);
        const before = textOf(vault, SECRETS.databaseApp.name);
        await seed(vault);
        expect(valueOf(vault, 'databaseApp')).toMatchObject(
          before === null ? { username: 'jules_app_a' } : JSON.parse(before),
        );
      }
    },
  );
});

describe('a database that has moved', () => {
  it.each([
    { host: HOST, port: PORT + 1 },
    { host: 'timescale', port: PORT },
  ])('is where it is now, at $host:$port, in every value that can be read, under the same versions', async (at) => {
    const vault = await openTestVault(files);
    await seed(vault);
    const versions = vault.state.secrets.get(SECRETS.databaseApp.name)?.versions;
    await relocateDatabase(vault, at);
    for (const key of ['databaseAdmin', 'databaseOwner', 'databaseApp', 'databaseReader'] as const) {
      expect(valueOf(vault, key)).toMatchObject(at);
    }
    expect(vault.state.secrets.get(SECRETS.databaseApp.name)?.versions).toEqual(versions);
    const { epoch } = vault;
    await relocateDatabase(vault, at);
    expect(vault.epoch).toBe(epoch);
  });
});
