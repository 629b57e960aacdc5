/**
 * The generations of the vault's key-encryption key, as their rotation moves them. Keys themselves never appear here.
 *
 * Every method may be called again, and throws SecretAccessError, or KeysManagedElsewhereError where nothing of ours
 * keeps the keys.
 */

export interface KeyGenerations {
  /** A generation behind `current`: made now, or by a rotation that was cut off. New values are sealed under it. */
  next(current: number): Promise<number>;
  /** Rewraps at most `limit` data keys, under the newest generation; returns how many are left. */
  rewrap(generation: number, limit: number): Promise<number>;
  /** Opens every version there is, and counts those whose data key is wrapped by another generation. */
  check(generation: number): Promise<{ readonly versions: number; readonly elsewhere: number }>;
  /** Forgets generations that no version needs, the newest apart; returns which. */
  retire(): Promise<readonly number[]>;
}

/** On AWS the keys of secrets are KMS's, which rotates them itself. The message begins with its code, as RotationError's. */
export class KeysManagedElsewhereError extends Error {
  override readonly name = 'KeysManagedElsewhereError';
  readonly code = 'KEYS_MANAGED_ELSEWHERE';
  readonly retryable = false;

  constructor(where: string) {
    super(`KEYS_MANAGED_ELSEWHERE: ${where} keeps its own keys: rotate them there, in KMS, and turn this rotation off`);
  }
}
