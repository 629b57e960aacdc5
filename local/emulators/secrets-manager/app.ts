/**
 * The endpoint over HTTP: AWS JSON 1.1, one path, one method; every request is signed, or turned away and recorded.
 */

import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Logger } from '../../../shared/ports/logger.ts';
import { AwsError } from './aws-error.ts';
import type { SecretsService } from './service.ts';
import type { SignedRequest, Verifier } from './sigv4.ts';

export interface SecretsAppOptions {
  readonly service: Pick<SecretsService, 'perform' | 'refuse'>;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Room for the longest value, each of its bytes escaped, and for what stands around it. */
const BODY_BYTES_MAX = 1024 * 1024;
const CONTENT_TYPE = 'application/x-amz-json-1.1';
const UNKNOWN_ACTOR = 'unsigned';

export function createSecretsApp(options: SecretsAppOptions): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.post('/', (c) => answer(c, options));
  app.notFound((c) => refusal(c, new AwsError('UnknownOperationException', 'The operation is not known.', 404)));
  app.onError((error, c) => {
    // Such as a caller who goes away in the middle; what operations throw is logged with its target.
    options.logger.warn({ err: error }, 'a request for secrets could not be answered');
    return refusal(c, new AwsError('InternalServiceError', 'An error occurred on the server side.', 500));
  });
  return app;
}

async function answer(c: Context, { service, verifier, clock }: SecretsAppOptions): Promise<Response> {
  const target = c.req.header('x-amz-target') ?? '';
  try {
    const { actor, body } = await admitted(c, verifier, clock.nowMs()).catch(async (error: unknown) => {
      if (error instanceof AwsError) await service.refuse(target, UNKNOWN_ACTOR, error);
      throw error;
    });
    const input = parseBody(body);
    if (input instanceof AwsError) {
      await service.refuse(target, actor, input);
      return refusal(c, input);
    }
    return reply(c, 200, await service.perform(target, input, actor));
  } catch (error) {
    if (error instanceof AwsError) return refusal(c, error);
    throw error;
  }
}

/** Throws AwsError. */
async function admitted(c: Context, verifier: Verifier, nowMs: number): Promise<{ actor: string; body: Buffer }> {
  const body = await readBody(c);
  const url = new URL(c.req.url);
  const request: SignedRequest = {
    method: c.req.method,
    path: url.pathname,
    query: url.search.slice(1),
    headers: new Map(Object.entries(c.req.header())),
    body,
  };
  return { actor: verifier.verify(request, nowMs), body };
}

/** The length has to be said beforehand, so that nobody fills the memory by going on for ever. */
async function readBody(c: Context): Promise<Buffer> {
  const length = c.req.header('content-length');
  if (length === undefined)
    throw new AwsError('MissingContentLength', 'The request has no Content-Length header.', 411);
  if (Number(length) > BODY_BYTES_MAX) {
    throw new AwsError('RequestEntityTooLargeException', `A request has at most ${BODY_BYTES_MAX} bytes.`, 413);
  }
  return Buffer.from(await c.req.arrayBuffer());
}

function parseBody(body: Buffer): unknown {
  try {
    const input: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Reported below.
  }
  return new AwsError('SerializationException', 'The body is not a JSON object.');
}

function refusal(c: Context, { code, message, status }: AwsError): Response {
  return reply(c, status, { __type: code, Message: message, message });
}

function reply(c: Context, status: number, content: object): Response {
  return c.body(JSON.stringify(content), status as 200, {
    'content-type': CONTENT_TYPE,
    'x-amzn-requestid': randomUUID(),
  });
}
