/**
 * The Ed25519 key that signs heads of the audit chains: a PEM file in the data folder, readable by its owner only.
 *
 * Made at the first call. Whoever checks elsewhere needs the public half, which lies beside the exported heads.
 */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HeadChecker, HeadSigner } from '../../ports/head-signer.ts';
import { AUDIT_HEADS_FOLDER } from './head-files.ts';

const KEY_FILE = 'audit-key.pem';
const KEY_ID_CHARACTERS = 16;

/** The file holds no Ed25519 key. */
class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

export function signingKeyPath(dataDir: string): string {
  return join(dataDir, KEY_FILE);
}

/** Throws SigningKeyError naming a file that holds no such key. */
export function openSigningKey(dataDir: string): HeadSigner {
  const path = signingKeyPath(dataDir);
  if (!existsSync(path)) createKey(path);
  const key = parseKey(path, createPrivateKey);
  const publicKey = createPublicKey(key);
  const keyId = fingerprint(publicKey);
  publish(dataDir, keyId, publicKey);
  return {
    keyId,
    async sign(text) {
      return sign(null, Buffer.from(text), key).toString('base64');
    },
  };
}

/** From the key file itself or from its public half. Throws SigningKeyError. */
export function readChecker(path: string): HeadChecker {
  const key = parseKey(path, createPublicKey);
  return {
    keyId: fingerprint(key),
    isSigned: (text, signature) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64')),
  };
}

/** Whole or not at all, and never over a key that another process has just made. */
function createKey(path: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary);
  }
}

function publish(dataDir: string, keyId: string, key: KeyObject): void {
  const folder = join(dataDir, AUDIT_HEADS_FOLDER);
  const path = join(folder, `key-${keyId}.pem`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) writeFileSync(path, key.export({ type: 'spki', format: 'pem' }));
}

/** The parser's message could quote the file, so it is not passed on. */
function parseKey(path: string, parse: (pem: string) => KeyObject): KeyObject {
  const pem = readFileSync(path, 'utf8');
  const key = parsed(pem, parse);
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new SigningKeyError(`${path} holds no Ed25519 key: restore it from a backup`);
}

function parsed(pem: string, parse: (pem: string) => KeyObject): KeyObject | null {
  try {
    return parse(pem);
  } catch {
    return null;
  }
}

function fingerprint(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, KEY_ID_CHARACTERS);
}
