/**
 * A queue endpoint that refused or could not be reached.
 */

export interface QueueErrorDetails {
  readonly code: string;
  /** True when the same call may succeed later without anybody changing it. */
  readonly retryable: boolean;
  readonly queueName: string;
  readonly messageId?: string;
  readonly cause?: unknown;
}

export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: string;
  readonly retryable: boolean;
  readonly queueName: string;
  readonly messageId: string | undefined;

  constructor(message: string, details: QueueErrorDetails) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.retryable = details.retryable;
    this.queueName = details.queueName;
    this.messageId = details.messageId;
  }
}

/** Client faults that pass by themselves: a queue about to be created, and throttling. */
const PASSING_CODES = new Set(['QueueDoesNotExist', 'RequestThrottled', 'ThrottlingException', 'OverLimit']);

/** Wraps what the SDK threw; our own errors pass through unchanged. */
export function toQueueError(
  error: unknown,
  at: { action: string; queueName: string; messageId?: string },
): QueueError {
  if (error instanceof QueueError) return error;
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message || code : String(error);
  const message = at.messageId === undefined ? '' : ` of message ${at.messageId}`;
  return new QueueError(`${at.action}${message} on queue ${at.queueName} failed: ${reason}`, {
    code,
    retryable: isRetryable(error, code),
    queueName: at.queueName,
    ...(at.messageId === undefined ? {} : { messageId: at.messageId }),
    cause: error,
  });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

function isRetryable(error: unknown, code: string): boolean {
  if (PASSING_CODES.has(code)) return true;
  const fault = (error as { $fault?: unknown } | null)?.$fault;
  return fault !== 'client';
}
