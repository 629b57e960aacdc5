/**
 * Signing what the audit chains had come to, and checking such a signature; a key file today, the vault later.
 */

export interface HeadSigner {
  /** Fingerprint of the public key. */
  readonly keyId: string;
  sign(text: string): Promise<string>;
}

export interface HeadChecker {
  readonly keyId: string;
  /** False for a signature by another key, too. */
  isSigned(text: string, signature: string): boolean;
}
