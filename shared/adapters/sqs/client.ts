/**
 * The one place that makes an SQS client, tuned for long polls and small messages on a near endpoint.
 */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { SQSClient } from '@aws-sdk/client-sqs';

export interface SqsClientOptions {
  /** Absent: the region's own endpoint. */
  readonly endpoint?: string;
  readonly region: string;
  /** Absent: the SDK's default chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Absent: above the longest long poll. */
  readonly requestTimeoutMs?: number;
}

/** Local endpoints ask for a region and read nothing into it. */
export const LOCAL_REGION = 'us-east-1';

/** What an endpoint that checks no signature is given. They open nothing. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

const CONNECTION_TIMEOUT_MS = 2_000;
/** Above the longest long poll of 20 s. */
const REQUEST_TIMEOUT_MS = 30_000;
const SOCKETS_MAX = 64;

export function createSqsClient(options: SqsClientOptions): SQSClient {
  return new SQSClient({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    // A queue URL may name the host and port of an earlier start, or a host that only the endpoint knows; its path counts.
    useQueueUrlAsEndpoint: false,
    // One quick retry covers a keep-alive socket that the server had just closed; callers back off beyond that.
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      // Without this an endpoint that hangs is only complained about.
      throwOnRequestTimeout: true,
      requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
    },
  });
}
