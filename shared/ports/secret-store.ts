/**
 * The versions of a secret, as rotation moves them. Every method throws SecretAccessError.
 */

export interface SecretDescription {
  readonly name: string;
  readonly isRotationEnabled: boolean;
  /** When a rotation last came to its end; null: never. */
  readonly rotatedMs: number | null;
  /** Stages by version id. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
}

/** A version has to carry the stage where both are named. */
export type VersionChoice = { readonly stage: string; readonly versionId?: string };

export interface SecretStore {
  describe(secretId: string): Promise<SecretDescription>;
  /** Null when there is no such version, or it has no value yet. */
  read(secretId: string, choice: VersionChoice): Promise<string | null>;
  /** The value of a version that has none; the same value again is not an error, another one is. */
  put(
    secretId: string,
    version: { readonly versionId: string; readonly text: string; readonly stage: string },
  ): Promise<void>;
  moveStage(
    secretId: string,
    move: { readonly stage: string; readonly fromVersionId: string; readonly toVersionId: string },
  ): Promise<void>;
  /** Letters and digits. */
  randomPassword(length: number): Promise<string>;
}
