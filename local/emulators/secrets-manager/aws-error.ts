/**
 * A refusal in the words of AWS: its code, and the documented message where there is one.
 */

export type AwsErrorCode =
  | 'AccessDeniedException'
  | 'DecryptionFailure'
  | 'IncompleteSignatureException'
  | 'InternalServiceError'
  | 'InvalidNextTokenException'
  | 'InvalidParameterException'
  | 'InvalidRequestException'
  | 'InvalidSignatureException'
  | 'LimitExceededException'
  | 'MalformedPolicyDocumentException'
  | 'MissingAuthenticationTokenException'
  | 'MissingContentLength'
  | 'PublicPolicyException'
  | 'RequestEntityTooLargeException'
  | 'ResourceExistsException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException'
  | 'ValidationException';

export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: AwsErrorCode;
  /** HTTP status. */
  readonly status: number;

  constructor(code: AwsErrorCode, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function secretNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

export function valueNotFound(by: 'staging label' | 'VersionId', value: string): AwsError {
  const message = `Secrets Manager can't find the specified secret value for ${by}: ${value}`;
  return new AwsError('ResourceNotFoundException', message);
}

export function markedForDeletion(): AwsError {
  const message = "You can't perform this operation on the secret because it was marked for deletion.";
  return new AwsError('InvalidRequestException', message);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}
