/**
 * Deduplication ids: accepted by SQS, equal for a repeat, different for a resend.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deduplicationId } from '../../../../../shared/adapters/sqs/deduplication.ts';

describe('a deduplication id', () => {
  it.each([
    ['the id itself', 'minute/run-1/20250103/7', 0, 'minute/run-1/20250103/7'],
    ['the id with its attempt on a resend', 'minute/run-1/20250103/7', 2, 'minute/run-1/20250103/7~2'],
  ])('is %s', (_name, id, attempt, expected) => {
    expect(deduplicationId(id, attempt)).toBe(expected);
  });

  it('is a hash where the endpoint would refuse the id', () => {
    expect(deduplicationId('a'.repeat(128))).toBe('a'.repeat(128));
    expect(deduplicationId('a'.repeat(129))).toMatch(/^[0-9a-f]{64}$/);
    expect(deduplicationId('a'.repeat(128), 1)).toMatch(/^[0-9a-f]{64}$/);
    expect(deduplicationId('a b')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is always accepted, the same for the same message and another for another attempt', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), fc.integer({ min: 0, max: 99 }), (id, attempt) => {
        expect(deduplicationId(id, attempt)).toMatch(/^[\x21-\x7e]{1,128}$/);
        expect(deduplicationId(id, attempt)).toBe(deduplicationId(id, attempt));
        expect(deduplicationId(id, attempt)).not.toBe(deduplicationId(id, attempt + 1));
      }),
    );
  });
});
