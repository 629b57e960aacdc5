/**
 * The envelope around one value: a random data key for each version, wrapped by a generation of the key-encryption
 * key, which is wrapped by the vault's root key. Name and version are associated data of both.
 *
 * Plain data keys live for one call and are filled with zeros after it; generations stay open as long as the vault.
 */

import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Generation, SealedValue } from './records.ts';
import { placeOf, randomKey, seal, unseal } from './sealing.ts';

export interface SecretValue {
  readonly kind: 'string' | 'binary';
  /** The caller fills it with zeros when done. */
  readonly bytes: Buffer;
}

export interface VersionName {
  readonly name: string;
  readonly versionId: string;
}

/** A generation of the key-encryption key, ready for use. */
export interface OpenGeneration {
  readonly id: number;
  readonly key: KeyObject;
}

export function newGeneration(rootKey: Uint8Array, id: number, createdMs: number): Generation {
  const key = randomKey();
  const wrapped = seal(rootKey, key, placeOf('generation', id)).toString('base64');
  key.fill(0);
  return { id, createdMs, wrapped };
}

/** Null when the root key is not the one that wrapped it. */
export function openGeneration({ id, wrapped }: Generation, rootKey: Uint8Array): OpenGeneration | null {
  const bytes = unseal(rootKey, Buffer.from(wrapped, 'base64'), placeOf('generation', id));
  if (bytes === null) return null;
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { id, key };
}

export function sealValue(value: SecretValue, version: VersionName, generation: OpenGeneration): SealedValue {
  const { kind, bytes } = value;
  const dataKey = randomKey();
  const payload = seal(dataKey, bytes, placeOfValue(version, kind)).toString('base64');
  const key = wrapDataKey(dataKey, version, generation);
  dataKey.fill(0);
  return { kind, generation: generation.id, key, payload };
}

/** Null when it does not open: the value is damaged, or not of this version. */
export function openValue(sealed: SealedValue, version: VersionName, generation: OpenGeneration): SecretValue | null {
  const dataKey = unwrapDataKey(sealed, version, generation);
  if (dataKey === null) return null;
  const bytes = unseal(dataKey, Buffer.from(sealed.payload, 'base64'), placeOfValue(version, sealed.kind));
  dataKey.fill(0);
  return bytes === null ? null : { kind: sealed.kind, bytes };
}

/** The same value under a newer generation: only the data key is rewrapped. */
export function rewrapValue(
  sealed: SealedValue,
  version: VersionName,
  { from, to }: { readonly from: OpenGeneration; readonly to: OpenGeneration },
): SealedValue | null {
  const dataKey = unwrapDataKey(sealed, version, from);
  if (dataKey === null) return null;
  const key = wrapDataKey(dataKey, version, to);
  dataKey.fill(0);
  return { ...sealed, generation: to.id, key };
}

function wrapDataKey(dataKey: Uint8Array, version: VersionName, { id, key }: OpenGeneration): string {
  return seal(key, dataKey, placeOfKey(version, id)).toString('base64');
}

function unwrapDataKey(sealed: SealedValue, version: VersionName, { key }: OpenGeneration): Buffer | null {
  return unseal(key, Buffer.from(sealed.key, 'base64'), placeOfKey(version, sealed.generation));
}

function placeOfValue({ name, versionId }: VersionName, kind: SecretValue['kind']): Buffer {
  return placeOf('value', name, versionId, kind);
}

function placeOfKey({ name, versionId }: VersionName, generation: number): Buffer {
  return placeOf('data key', name, versionId, generation);
}
