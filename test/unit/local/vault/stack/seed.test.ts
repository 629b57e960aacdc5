/**
 * The first start of a vault: what it holds then, how an older folder is taken over, and that a power cut at any write
 * leaves the passwords of the database in one place at least.
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { relocateDatabase } from '../../../../../local/vault/stack/relocate.ts';
import { seedSecrets } from '../../../../../local/vault/stack/seed.ts';
import type { Vault } from '../../../../../local/vault/store/vault.ts';
import { createLogger } from '../../../../../shared/adapters/system/logger.ts';
import { readCredential } from '../../../../../shared/contracts/credentials.v1.ts';
import type { SecretEvent } from '../../../../../shared/ports/secret-audit.ts';
import { SECRETS } from '../../../../../shared/topology.ts';
import { type PowerCutFiles, powerCutFiles } from '../../../../support/secrets/power-cut-files.ts';
import { openTestVault, store, textOf } from '../../../../support/secrets/vaults.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 12);
const HOST = '127.0.0.1';
const PORT = 20_001;
const OLD = {
  format: 1,
  superuser: 'superuser-of-before',
  owner: 'owner-of-before-0',
  app: 'application-of-before',
  reader: 'reader-of-before-0',
  pageToken: 'p'.repeat(32),
};

let dataDir = '';
let files: PowerCutFiles;
const recorded: SecretEvent[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-seed-'));
  files = powerCutFiles();
  recorded.length = 0;
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function writeOld(content: unknown = OLD): string {
  const path = join(dataDir, 'credentials.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function seed(vault: Vault): Promise<void> {
  const journal = { record: async (event: SecretEvent) => void recorded.push(event) };
  const opened = { vault, journal } as unknown as Parameters<typeof seedSecrets>[0]['opened'];
  const logger = createLogger({ name: 'test', level: 'silent' });
  // The folder of the old file is a real one.
  const onDisk = { ...files, syncDir: async () => undefined };
  await seedSecrets({ opened, dataDir, at: { host: HOST, port: PORT }, files: onDisk, logger, nowMs: NOW_MS });
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

describe('a folder from before the vault', () => {
  it('is taken over: the logins that the database knows, and then the file goes', async () => {
    const path = writeOld();
    const vault = await openTestVault(files);
    await seed(vault);
    expect(valueOf(vault, 'databaseAdmin')).toMatchObject({ username: 'postgres', password: OLD.superuser });
    expect(valueOf(vault, 'databaseOwner')).toMatchObject({ username: 'jules_owner', password: OLD.owner });
    expect(valueOf(vault, 'databaseApp')).toMatchObject({ username: 'jules_app', password: OLD.app });
    expect(valueOf(vault, 'databaseReader')).toMatchObject({ username: 'jules_reader', password: OLD.reader });
    expect(valueOf(vault, 'pageToken')).toMatchObject({ token: OLD.pageToken });
    expect(existsSync(path)).toBe(false);
  });

  it('is not taken over from a damaged file, whose content nobody is shown', async () => {
    const path = writeOld(JSON.stringify(OLD).slice(0, -5));
    const vault = await openTestVault(files);
    const refusal = await seed(vault).catch(String);
    expect(refusal).toContain('credentials.json');
    expect(refusal).not.toContain('of-before');
    expect([existsSync(path), vault.state.secrets.size]).toEqual([true, 0]);
  });

  it('keeps a file whose values the vault does not have', async () => {
    const vault = await openTestVault(files);
    await seed(vault);
    const path = writeOld();
    await seed(vault);
    expect(existsSync(path)).toBe(true);
  });

  it.each(['lost', 'torn', 'kept'] as const)(
    'loses nothing by a power cut at any write (unflushed writes %s), and is taken over by the next start',
    async (after) => {
      writeOld();
      await seed(await openTestVault(files));
      const writes = files.operations;
      expect(writes).toBeGreaterThan(5);
      for (let operation = 1; operation <= writes; operation += 1) {
        const path = writeOld();
        files = powerCutFiles();
        files.cutAt(operation);
        await expect(openTestVault(files).then(seed), `cut at ${operation}`).rejects.toThrow('no power');
        files = files.restore(after);
        const vault = await openTestVault(files);
        const isInVault = textOf(vault, SECRETS.databaseAdmin.name)?.includes(OLD.superuser) ?? false;
        expect([operation, isInVault || existsSync(path)]).toEqual([operation, true]);
        await seed(vault);
        expect([valueOf(vault, 'databaseApp')['password'], existsSync(path)]).toEqual([OLD.app, false]);
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
