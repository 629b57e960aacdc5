/**
 * Who did what with which secret. Values never appear here.
 */

export interface SecretEvent {
  readonly atMs: number;
  /** Read a value, changed something, was refused, or a step of a rotation. */
  readonly kind: 'access' | 'change' | 'refusal' | 'rotation';
  /** The operation, or the step: `GetSecretValue`, `setSecret`. */
  readonly operation: string;
  /** Access key, or the part of the system that acted. */
  readonly actor: string;
  /** Name of the secret; null where none was found or named. */
  readonly secret: string | null;
  readonly versionId: string | null;
  /** `ok`, or the code of the refusal or failure. */
  readonly outcome: string;
}

export interface SecretAudit {
  /** Resolves when the event is kept. Callers record before they answer: nothing is answered that could not be recorded. */
  record(event: SecretEvent): Promise<void>;
}
