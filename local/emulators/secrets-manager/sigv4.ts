/**
 * Verifies AWS Signature Version 4 of a request: who signed it, when, and that neither headers nor body changed since.
 *
 * Equal signatures within a second are normal, as they are on AWS. Throws AwsError with the words of AWS.
 */

import { createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import {
  type AccessKey,
  ALGORITHM,
  canonicalRequest,
  type Scope,
  scopeText,
  sha256,
  signature,
  type SignedRequest,
  signingKey,
  timeText,
} from '../../../shared/adapters/secrets/sign.ts';
import { AwsError } from './aws-error.ts';

export type { AccessKey, SignedRequest };

const SERVICE = 'secretsmanager';
const SKEW_MS_MAX = 5 * 60_000;
const MUST_BE_SIGNED = ['host', 'x-amz-target'];
const TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
const KEYS_KEPT_MAX = 16;

export interface Verifier {
  /** Returns the access key id of the caller. */
  verify(request: SignedRequest, nowMs: number): string;
}

export function createVerifier(keys: readonly AccessKey[]): Verifier {
  const secrets = new Map(keys.map(({ accessKeyId, secretAccessKey }) => [accessKeyId, secretAccessKey]));
  const signingKeys = new Map<string, KeyObject>();
  return {
    verify(request, nowMs) {
      const claim = readAuthorization(request.headers);
      checkClaim(claim, request, nowMs);
      const secret = secrets.get(claim.accessKeyId);
      if (secret === undefined) throw unrecognized();
      const key = remembered(signingKeys, `${claim.accessKeyId} ${scopeText(claim.scope)}`, () =>
        createSecretKey(signingKey(secret, claim.scope)),
      );
      const canonical = canonicalRequest(request, claim.signedHeaders);
      const expected = signature(key, { time: claim.time, scope: claim.scope, canonical });
      if (!isEqual(expected, claim.signature)) throw mismatch();
      return claim.accessKeyId;
    },
  };
}

interface Claim {
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly time: string;
}

function readAuthorization(headers: SignedRequest['headers']): Claim {
  const text = headers.get('authorization');
  if (text === undefined) throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [algorithm = '', ...rest] = text.split(/\s+/);
  if (algorithm !== ALGORITHM) throw incomplete('Authorization header requires the algorithm AWS4-HMAC-SHA256.');
  const parts = new Map(
    rest
      .join('')
      .split(',')
      .map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)] as const),
  );
  const [accessKeyId = '', date = '', region = '', service = '', end = '', ...more] = part(parts, 'Credential').split(
    '/',
  );
  if (end !== 'aws4_request' || more.length > 0)
    throw incomplete("'Credential' is not a valid key/date/region/service/aws4_request.");
  return {
    accessKeyId,
    scope: { date, region, service },
    signedHeaders: part(parts, 'SignedHeaders').split(';'),
    signature: part(parts, 'Signature'),
    time: headers.get('x-amz-date') ?? '',
  };
}

function part(parts: ReadonlyMap<string, string>, name: string): string {
  const value = parts.get(name);
  if (value === undefined || value === '') throw incomplete(`Authorization header requires '${name}' parameter.`);
  return value;
}

function checkClaim({ scope, time, signedHeaders }: Claim, { headers, body }: SignedRequest, nowMs: number): void {
  const signedMs = timeMs(time);
  if (signedMs === null)
    throw incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  if (scope.service !== SERVICE) throw invalid(`Credential should be scoped to correct service: '${SERVICE}'.`);
  if (!time.startsWith(scope.date))
    throw invalid('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP');
  checkSkew(time, signedMs, nowMs);
  for (const name of MUST_BE_SIGNED) {
    if (headers.has(name) && !signedHeaders.includes(name)) {
      throw invalid(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
  const claimedHash = headers.get('x-amz-content-sha256');
  if (claimedHash !== undefined && claimedHash !== sha256(body)) {
    throw invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
}

function checkSkew(time: string, signedMs: number, nowMs: number): void {
  if (signedMs < nowMs - SKEW_MS_MAX) {
    const earliest = timeText(nowMs - SKEW_MS_MAX);
    throw invalid(`Signature expired: ${time} is now earlier than ${earliest} (${timeText(nowMs)} - 5 min.)`);
  }
  if (signedMs > nowMs + SKEW_MS_MAX) {
    const latest = timeText(nowMs + SKEW_MS_MAX);
    throw invalid(`Signature not yet current: ${time} is still later than ${latest} (${timeText(nowMs)} + 5 min.)`);
  }
}

function timeMs(text: string): number | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Derived once a day for each caller and region. */
function remembered(known: Map<string, KeyObject>, name: string, derive: () => KeyObject): KeyObject {
  const key = known.get(name) ?? derive();
  if (known.size >= KEYS_KEPT_MAX && !known.has(name)) known.clear();
  known.set(name, key);
  return key;
}

function isEqual(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected, 'utf8'), Buffer.from(given, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}

function incomplete(message: string): AwsError {
  return new AwsError('IncompleteSignatureException', message);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidSignatureException', message);
}

function mismatch(): AwsError {
  return invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

function unrecognized(): AwsError {
  return new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.');
}
