/**
 * The key file: made once, for its owner only, and refused without a word of what it holds.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSigningKey, readChecker, signingKeyPath } from '../../../../../shared/runtime/audit/signing-key.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-key-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('the signing key', () => {
  it('is made once, and only its owner can read it', () => {
    const first = openSigningKey(dataDir);
    expect(openSigningKey(dataDir).keyId).toBe(first.keyId);
    expect(statSync(signingKeyPath(dataDir)).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir).toSorted()).toEqual(['audit-heads', 'audit-key.pem']);
  });

  it('signs what its public half, lying beside the heads, can check', async () => {
    const signer = openSigningKey(dataDir);
    const signature = await signer.sign('a statement');
    const folder = join(dataDir, 'audit-heads');
    const checker = readChecker(join(folder, readdirSync(folder)[0]!));
    expect(checker.keyId).toBe(signer.keyId);
    expect(checker.isSigned('a statement', signature)).toBe(true);
    expect(checker.isSigned('another statement', signature)).toBe(false);
    expect(checker.isSigned('a statement', 'no signature')).toBe(false);
    const publicText = readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8');
    expect(publicText).not.toContain('PRIVATE');
  });

  it.each(['', 'marked-secret-text', '-----BEGIN PRIVATE KEY-----\nmarked-secret-text\n-----END PRIVATE KEY-----\n'])(
    'is refused by name and not by content when the file holds: %s',
    (content) => {
      writeFileSync(signingKeyPath(dataDir), content);
      for (const open of [() => openSigningKey(dataDir), () => readChecker(signingKeyPath(dataDir))]) {
        expect(open).toThrow(`${signingKeyPath(dataDir)} holds no Ed25519 key`);
        expect(open).not.toThrow('marked-secret-text');
      }
    },
  );
});
