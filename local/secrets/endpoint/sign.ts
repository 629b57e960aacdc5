/**
 * Signs a request of our own with AWS Signature Version 4.
 */

import {
  type AccessKey,
  ALGORITHM,
  canonicalRequest,
  type Scope,
  scopeText,
  signature,
  signingKey,
  timeText,
} from './sigv4.ts';

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Signer {
  readonly key: AccessKey;
  readonly region: string;
  readonly service: string;
  readonly nowMs: number;
}

/** The headers to send. */
export function signRequest(request: UnsignedRequest, { key, region, service, nowMs }: Signer): Record<string, string> {
  const time = timeText(nowMs);
  const scope: Scope = { date: time.slice(0, 8), region, service };
  const headers = new Map(Object.entries({ ...request.headers, host: request.url.host, 'x-amz-date': time }));
  const names = [...headers.keys()].sort();
  const { pathname: path, search } = request.url;
  // Other services than S3 sign the path encoded twice.
  const signedPath = path.split('/').map(encodeURIComponent).join('/');
  const canonical = canonicalRequest(
    { method: request.method, path: signedPath, query: search.slice(1), headers, body: request.body },
    names,
  );
  const signed = signature(signingKey(key.secretAccessKey, scope), { time, scope, canonical });
  const credential = `${key.accessKeyId}/${scopeText(scope)}`;
  headers.delete('host');
  return {
    ...Object.fromEntries(headers),
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signed}`,
  };
}
