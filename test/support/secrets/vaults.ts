/**
 * Vaults for tests: on a disk in memory, with secrets that have only what a test is about.
 */

import { randomUUID } from 'node:crypto';
import type { KeySource } from '../../../local/vault/store/master-key.ts';
import { openVault } from '../../../local/vault/store/open-vault.ts';
import { vaultPlaces } from '../../../local/vault/store/places.ts';
import type { SecretRecord } from '../../../local/vault/store/records.ts';
import type { Vault } from '../../../local/vault/store/vault.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import { type PowerCutFiles, powerCutFiles } from './power-cut-files.ts';

const silentLogger = createLogger({ name: 'test', level: 'silent' });
export const PLACES = vaultPlaces('/data');
export const KEY_FILE: KeySource = { kind: 'file', path: PLACES.keyFile };

const NOW_MS = Date.UTC(2026, 0, 5, 12);

export function openTestVault(files: PowerCutFiles = powerCutFiles(), source: KeySource = KEY_FILE): Promise<Vault> {
  return openVault({ places: PLACES, files, source, logger: silentLogger, nowMs: () => NOW_MS });
}

export function secretRecord(changes: Partial<SecretRecord> = {}): SecretRecord {
  const name = changes.name ?? 'database/password';
  return {
    name,
    arn: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-AbCdEf`,
    createdMs: NOW_MS,
    changedMs: NOW_MS,
    accessedDayMs: null,
    description: null,
    kmsKeyId: null,
    tags: [],
    policy: null,
    deletionMs: null,
    rotation: null,
    versions: [],
    ...changes,
  };
}

/** Stores a secret whose one version is current; returns the id of that version. */
export async function store(
  vault: Vault,
  name: string,
  text: string,
  versionId: string = randomUUID(),
): Promise<string> {
  const version = { id: versionId, createdMs: NOW_MS, accessedDayMs: null, stages: ['AWSCURRENT'] };
  await vault.transact((transaction) => {
    transaction.put(secretRecord({ name, versions: [version] }));
    transaction.putValue(name, versionId, { kind: 'string', bytes: Buffer.from(text, 'utf8') });
  });
  return versionId;
}

/** What the vault gives back for the current version; null where it has none. */
export function textOf(vault: Vault, name: string): string | null {
  const version = vault.state.secrets.get(name)?.versions.find(({ stages }) => stages.includes('AWSCURRENT'));
  const value = version === undefined ? null : vault.read(name, version.id);
  return value === null ? null : value.bytes.toString('utf8');
}
