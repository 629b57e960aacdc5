/**
 * Why a vault is refused. Each cause has a code of its own, because each needs another hand: a lost passphrase is
 * not a damaged disk, and a damaged disk is not an intruder.
 */

export type VaultErrorCode =
  /** Passphrase or key file do not open it. */
  | 'WRONG_KEY'
  /** The key file is not there. */
  | 'KEY_MISSING'
  /** Others may read the key file. */
  | 'KEY_EXPOSED'
  /** A file is not what the vault wrote. */
  | 'ALTERED'
  /** The journal is not what was written. */
  | 'JOURNAL_ALTERED'
  /** A file belongs to another vault, or to another place in this one. */
  | 'SWAPPED'
  /** A file is gone. */
  | 'MISSING'
  /** The vault is older than its counter says. */
  | 'ROLLED_BACK'
  /** The counter is older than the vault. */
  | 'COUNTER_BEHIND'
  /** Written by a newer version. */
  | 'FORMAT_UNKNOWN'
  /** Another process has it. */
  | 'LOCKED'
  /** The disk did not take a change, or did not confirm it. */
  | 'WRITE_FAILED'
  /** An export that cannot be read. */
  | 'EXPORT_REFUSED';

export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;
  readonly fix: string;
  readonly retryable: boolean;

  constructor(code: VaultErrorCode, message: string, options: { fix: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fix = options.fix;
    this.retryable = code === 'LOCKED' || code === 'WRITE_FAILED';
  }
}

const RESTORE = 'put the right file back, or restore a backup: docs/runbooks/secrets.md';

export function altered(path: string, cause?: unknown): VaultError {
  return new VaultError('ALTERED', `${path} is not what the vault wrote`, { fix: RESTORE, cause });
}

export function swapped(path: string, what: string): VaultError {
  return new VaultError('SWAPPED', `${path} ${what}`, { fix: RESTORE });
}

export function missing(path: string): VaultError {
  return new VaultError('MISSING', `${path} is missing from the vault`, { fix: RESTORE });
}

export function newerFormat(path: string, format: number, known: number): VaultError {
  return new VaultError('FORMAT_UNKNOWN', `${path} has format ${format}; this version reads up to ${known}`, {
    fix: 'use the version of IntradayJules that wrote it',
  });
}
