/**
 * Pages of a sorted list. A token names the last item that was shown, so items that come or go between two pages
 * neither repeat nor hide another.
 */

import * as z from 'zod';
import { AwsError } from './aws-error.ts';

const tokenSchema = z.strictObject({ after: z.string(), order: z.enum(['asc', 'desc']) });

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Empty after the last page. */
  readonly token: { readonly NextToken?: string };
}

/** `items` are sorted by their keys in the given order. Throws AwsError InvalidNextTokenException. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  {
    max,
    token,
    order = 'asc',
  }: { readonly max: number; readonly token: string | undefined; readonly order?: 'asc' | 'desc' },
): Page<Item> {
  const after = token === undefined ? null : readToken(token, order);
  const isBeyond = (key: string) => after === null || (order === 'asc' ? key > after : key < after);
  const rest = items.filter((item) => isBeyond(keyOf(item)));
  const shown = rest.slice(0, max);
  const last = shown.at(-1);
  if (last === undefined || rest.length <= max) return { items: shown, token: {} };
  const next = Buffer.from(JSON.stringify({ after: keyOf(last), order }), 'utf8').toString('base64url');
  return { items: shown, token: { NextToken: next } };
}

function readToken(text: string, order: 'asc' | 'desc'): string {
  try {
    const token = tokenSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (token.order === order) return token.after;
  } catch {
    // What is not JSON is not a token either.
  }
  throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
}
