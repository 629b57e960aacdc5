/**
 * Signatures: the published example of AWS, and every way in which one can be wrong.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVerifier } from '../../../../../local/emulators/secrets-manager/sigv4.ts';
import {
  canonicalRequest,
  signature,
  type SignedRequest,
  signingKey,
  signRequest,
} from '../../../../../shared/adapters/secrets/sign.ts';

const KEY = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const NOW_MS = Date.parse('2026-01-05T12:00:00Z');
const MINUTE_MS = 60_000;
const verifier = createVerifier([KEY]);

function signed(
  changes: Partial<{ key: typeof KEY; nowMs: number; body: string; service: string }> = {},
): SignedRequest {
  const { key = KEY, nowMs = NOW_MS, service = 'secretsmanager' } = changes;
  const body = Buffer.from(changes.body ?? '{"SecretId":"a"}');
  const url = new URL('http://127.0.0.1:4000/');
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' };
  const sent = signRequest({ method: 'POST', url, headers, body }, { key, region: 'us-east-1', service, nowMs });
  return {
    method: 'POST',
    path: '/',
    query: '',
    headers: new Map([...Object.entries(sent), ['host', url.host]]),
    body,
  };
}

function withHeader(request: SignedRequest, name: string, value: string | null): SignedRequest {
  const headers = new Map(request.headers);
  if (value === null) headers.delete(name);
  else headers.set(name, value);
  return { ...request, headers };
}

function codeOf(request: SignedRequest, nowMs = NOW_MS): string {
  try {
    return `ok ${verifier.verify(request, nowMs)}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('AWS Signature Version 4', () => {
  it('gives the signature of the example that AWS publishes', () => {
    const scope = { date: '20150830', region: 'us-east-1', service: 'iam' };
    const key = signingKey('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', scope);
    expect(key.toString('hex')).toBe('c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9');
    const canonical = canonicalRequest(
      {
        method: 'GET',
        path: '/',
        query: 'Action=ListUsers&Version=2010-05-08',
        headers: new Map([
          ['content-type', 'application/x-www-form-urlencoded; charset=utf-8'],
          ['host', 'iam.amazonaws.com'],
          ['x-amz-date', '20150830T123600Z'],
        ]),
        body: Buffer.alloc(0),
      },
      ['content-type', 'host', 'x-amz-date'],
    );
    expect(signature(key, { time: '20150830T123600Z', scope, canonical })).toBe(
      '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
  });

  it('is taken within five minutes, and as often as it comes', () => {
    const request = signed();
    expect([codeOf(request), codeOf(request)]).toEqual(['ok AKID', 'ok AKID']);
    expect(codeOf(request, NOW_MS + 5 * MINUTE_MS)).toBe('ok AKID');
    expect(codeOf(request, NOW_MS - 5 * MINUTE_MS)).toBe('ok AKID');
  });

  it('is too old or too new beyond them', () => {
    const expired = () => verifier.verify(signed(), NOW_MS + 5 * MINUTE_MS + 1_000);
    expect(expired).toThrow(
      'Signature expired: 20260105T120000Z is now earlier than 20260105T120001Z (20260105T120501Z - 5 min.)',
    );
    const early = () => verifier.verify(signed(), NOW_MS - 5 * MINUTE_MS - 1_000);
    expect(early).toThrow('Signature not yet current: 20260105T120000Z is still later than');
  });

  it.each<[string, SignedRequest, string]>([
    ['no signature', withHeader(signed(), 'authorization', null), 'MissingAuthenticationTokenException'],
    ['another scheme', withHeader(signed(), 'authorization', 'Basic YTpi'), 'IncompleteSignatureException'],
    [
      'half a signature',
      withHeader(signed(), 'authorization', 'AWS4-HMAC-SHA256 Credential=AKID/x'),
      'IncompleteSignatureException',
    ],
    ['no date', withHeader(signed(), 'x-amz-date', null), 'IncompleteSignatureException'],
    ['an invalid date', withHeader(signed(), 'x-amz-date', 'yesterday'), 'IncompleteSignatureException'],
    ['an unknown key', signed({ key: { ...KEY, accessKeyId: 'OTHER' } }), 'UnrecognizedClientException'],
    ['a wrong secret', signed({ key: { ...KEY, secretAccessKey: 'other' } }), 'InvalidSignatureException'],
    ['another service', signed({ service: 'sqs' }), 'InvalidSignatureException'],
    ['another body', { ...signed(), body: Buffer.from('{"SecretId":"b"}') }, 'InvalidSignatureException'],
    ['another method', { ...signed(), method: 'PUT' }, 'InvalidSignatureException'],
    ['another path', { ...signed(), path: '/x' }, 'InvalidSignatureException'],
    ['a query that was not signed', { ...signed(), query: 'a=b' }, 'InvalidSignatureException'],
    [
      'another target',
      withHeader(signed(), 'x-amz-target', 'secretsmanager.DeleteSecret'),
      'InvalidSignatureException',
    ],
    ['another host', withHeader(signed(), 'host', 'evil.example'), 'InvalidSignatureException'],
    [
      'a body hash that is wrong',
      withHeader(signed(), 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD'),
      'InvalidSignatureException',
    ],
  ])('with %s is refused', (_what, request, code) => {
    expect(codeOf(request)).toBe(code);
  });

  it('has to cover the target', () => {
    const request = signed();
    const authorization = (request.headers.get('authorization') ?? '').replace(';x-amz-target', '');
    expect(codeOf(withHeader(request, 'authorization', authorization))).toBe('InvalidSignatureException');
  });

  it('never lets anything in that is not signed, and never breaks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), fc.string(), (authorization, date) => {
        const request = withHeader(withHeader(signed(), 'authorization', authorization), 'x-amz-date', date);
        expect(codeOf(request)).toMatch(/Exception$/);
      }),
    );
  });
});
