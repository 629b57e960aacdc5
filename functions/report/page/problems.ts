/**
 * Errors as JSON: a code, a sentence, never a stack trace.
 */

import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export interface Problem {
  readonly error: { readonly code: string; readonly message: string };
}

export function problem(c: Context, status: ContentfulStatusCode, code: string, message: string): Response {
  return c.json<Problem>({ error: { code, message } }, status);
}
