/**
 * The envelope around one value: a random data key for each version, wrapped by a generation of the key-encryption
 * key, which is wrapped by the vault's root key. Name and version are associated data of both.
 *
 * Plain keys live for one call and are filled with zeros after it.
 */

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

export function newGeneration(rootKey: Uint8Array, id: number, createdMs: number): Generation {
  const key = randomKey();
  const wrapped = seal(rootKey, key, placeOf('generation', id)).toString('base64');
  key.fill(0);
  return { id, createdMs, wrapped };
}

export function sealValue(
  value: SecretValue,
  version: VersionName,
  { generation, rootKey }: { readonly generation: Generation; readonly rootKey: Uint8Array },
): SealedValue {
  const { kind, bytes } = value;
  const dataKey = randomKey();
  const payload = seal(dataKey, bytes, placeOfValue(version, kind)).toString('base64');
  const key = wrapDataKey(dataKey, version, { generation, rootKey });
  dataKey.fill(0);
  return { kind, generation: generation.id, key, payload };
}

/** Null when it does not open: the value is damaged, or not of this version. */
export function openValue(
  sealed: SealedValue,
  version: VersionName,
  keys: { readonly generation: Generation; readonly rootKey: Uint8Array },
): SecretValue | null {
  const dataKey = unwrapDataKey(sealed, version, keys);
  if (dataKey === null) return null;
  const bytes = unseal(dataKey, Buffer.from(sealed.payload, 'base64'), placeOfValue(version, sealed.kind));
  dataKey.fill(0);
  return bytes === null ? null : { kind: sealed.kind, bytes };
}

/** The same value under a newer generation: only the data key is wrapped anew. */
export function rewrapValue(
  sealed: SealedValue,
  version: VersionName,
  keys: { readonly from: Generation; readonly to: Generation; readonly rootKey: Uint8Array },
): SealedValue | null {
  const { from, to, rootKey } = keys;
  const dataKey = unwrapDataKey(sealed, version, { generation: from, rootKey });
  if (dataKey === null) return null;
  const key = wrapDataKey(dataKey, version, { generation: to, rootKey });
  dataKey.fill(0);
  return { ...sealed, generation: to.id, key };
}

type Keys = { readonly generation: Generation; readonly rootKey: Uint8Array };

function wrapDataKey(dataKey: Uint8Array, version: VersionName, keys: Keys): string {
  const generationKey = openGeneration(keys);
  if (generationKey === null) throw new TypeError(`generation ${keys.generation.id} does not open with the root key`);
  const wrapped = seal(generationKey, dataKey, placeOfKey(version, keys.generation.id)).toString('base64');
  generationKey.fill(0);
  return wrapped;
}

function unwrapDataKey(sealed: SealedValue, version: VersionName, keys: Keys): Buffer | null {
  const generationKey = openGeneration(keys);
  if (generationKey === null) return null;
  const dataKey = unseal(generationKey, Buffer.from(sealed.key, 'base64'), placeOfKey(version, sealed.generation));
  generationKey.fill(0);
  return dataKey;
}

function openGeneration({ generation, rootKey }: Keys): Buffer | null {
  return unseal(rootKey, Buffer.from(generation.wrapped, 'base64'), placeOf('generation', generation.id));
}

function placeOfValue({ name, versionId }: VersionName, kind: SecretValue['kind']): Buffer {
  return placeOf('value', name, versionId, kind);
}

function placeOfKey({ name, versionId }: VersionName, generation: number): Buffer {
  return placeOf('data key', name, versionId, generation);
}
