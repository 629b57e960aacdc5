/**
 * Who may ask the page what: loopback host names against DNS rebinding, a bearer token for what changes state.
 */

import type { MiddlewareHandler } from 'hono';
import type { ReportDeps } from '../deps.ts';
import { problem } from './problems.ts';
import { checkBearer } from '../../../shared/runtime/bearer-check.ts';

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export function securityHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  };
}

/** Refuses a foreign host name, and a browser that comes from another site. */
export function onlyKnownHosts(allowedHosts: readonly string[]): MiddlewareHandler {
  const known = new Set([...LOOPBACK_HOSTS, ...allowedHosts]);
  return async (c, next) => {
    const host = hostName(c.req.header('host') ?? new URL(c.req.url).host);
    if (!known.has(host)) return problem(c, 403, 'HOST_UNKNOWN', 'The page answers to localhost only.');
    const origin = c.req.header('origin');
    if (origin !== undefined && !known.has(hostName(origin.replace(/^https?:\/\//, '')))) {
      return problem(c, 403, 'ORIGIN_UNKNOWN', 'Another site may not use this page.');
    }
    return next();
  };
}

type TokenDeps = Pick<ReportDeps, 'token' | 'logger'>;

export function bearerToken(deps: TokenDeps): MiddlewareHandler {
  return async (c, next) => {
    const verdict = await checkBearer(c.req.header('authorization'), deps);
    if (verdict === 'accepted') return next();
    if (verdict === 'unknown') {
      return problem(
        c,
        503,
        'TOKEN_UNCHECKED',
        'The secrets do not answer, so the token cannot be checked. Try again.',
      );
    }
    c.header('WWW-Authenticate', 'Bearer');
    return problem(c, 401, 'TOKEN_REQUIRED', 'A valid token is needed; ./jules status says how to get it.');
  };
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
