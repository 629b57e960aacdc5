/**
 * A rotation that does not go on. The current value stays what it was.
 */

import type { RotationFailure } from '../../shared/contracts/rotation.v1.ts';

/** Never holds a value. The message begins with the code: it is what a Lambda hands on. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: RotationFailure;
  readonly secretName: string;
  /** True when time alone, or the operator's step that the message names, lets the same rotation succeed. */
  readonly retryable: boolean;

  constructor(
    message: string,
    details: { readonly code: RotationFailure; readonly secretName: string; readonly retryable?: boolean },
  ) {
    super(`${details.code}: secret ${details.secretName}: ${message}`);
    this.code = details.code;
    this.secretName = details.secretName;
    this.retryable = details.retryable ?? false;
  }
}
