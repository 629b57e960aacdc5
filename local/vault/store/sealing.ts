/**
 * Sealing: AES-256-GCM with a fresh nonce, and the place that a text belongs to as associated data, so that what was
 * sealed for one secret and version opens for no other.
 *
 * Layout: nonce (12 bytes), ciphertext, tag (16 bytes).
 */

import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, KeyObject, randomBytes } from 'node:crypto';

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

export function randomKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Bytes for a key that is used once, an object for one that stays. */
export type Key = Uint8Array | KeyObject;

export function seal(key: Key, plain: Uint8Array, place: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, objectOf(key), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(place);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Null when it was sealed by another key, for another place, or altered since. */
export function unseal(key: Key, sealed: Uint8Array, place: Uint8Array): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(ALGORITHM, objectOf(key), sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(place);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const opened = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    return null;
  } finally {
    opened.fill(0);
  }
}

/** A cipher takes 20 us to open with bytes and 4 with an object made of them, whose copy is cleared when it is freed. */
function objectOf(key: Key): KeyObject {
  return key instanceof KeyObject ? key : createSecretKey(key);
}

/** A key for one purpose; keys of two purposes tell nothing about each other. */
export function keyFor(root: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `intraday-jules vault ${purpose}`, KEY_BYTES));
}

/** Associated data from parts, without two lists of parts ever giving the same bytes. */
export function placeOf(...parts: readonly (string | number)[]): Buffer {
  return Buffer.from(JSON.stringify(parts), 'utf8');
}
