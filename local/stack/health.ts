/**
 * Asks a health route whether its process lives: any 2xx answer in time is a yes.
 */

import { get } from 'node:http';

const HEALTH_TIMEOUT_MS = 3_000;

export function isHealthy(url: string, timeoutMs: number = HEALTH_TIMEOUT_MS): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
    response.resume();
    resolve(response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300);
  });
  request.on('error', () => resolve(false));
  return promise;
}
