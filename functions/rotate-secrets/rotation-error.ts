/**
 * A rotation that does not go on. The current value stays what it was.
 */

export type RotationErrorCode =
  | 'ROTATION_DISABLED'
  | 'VERSION_UNKNOWN'
  | 'VERSION_NOT_PENDING'
  | 'NO_CURRENT_VALUE'
  | 'NO_PENDING_VALUE'
  | 'VALUE_INVALID'
  | 'TARGET_CHANGED'
  | 'TEST_FAILED'
  | 'OVERLAP_OPEN'
  | 'OPERATOR_PENDING'
  | 'OPERATOR_OVERDUE';

/** Never holds a value. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: RotationErrorCode;
  readonly secretName: string;
  /** True when time alone, or the operator's step that the message names, lets the same rotation succeed. */
  readonly retryable: boolean;

  constructor(
    message: string,
    details: { readonly code: RotationErrorCode; readonly secretName: string; readonly retryable?: boolean },
  ) {
    super(`secret ${details.secretName}: ${message}`);
    this.code = details.code;
    this.secretName = details.secretName;
    this.retryable = details.retryable ?? false;
  }
}
