/**
 * The deduplication id of a message: its own id, so that a repeat within five minutes is dropped by the queue itself.
 */

import { createHash } from 'node:crypto';

/** SQS takes 1 to 128 printable ASCII characters without the space. */
const ACCEPTED = /^[\x21-\x7e]{1,128}$/;

/** `attempt` above 0 makes another id, so that a deliberate resend is not dropped. */
export function deduplicationId(messageId: string, attempt = 0): string {
  const id = attempt === 0 ? messageId : `${messageId}~${attempt}`;
  return ACCEPTED.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
