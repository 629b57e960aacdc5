/**
 * Asks the endpoint of a running stack, and waits a while for one that is being started again.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { AccessKey } from '../../emulators/secrets-manager/sigv4.ts';
import { AwsError } from '../../emulators/secrets-manager/aws-error.ts';
import { callEndpoint } from '../../emulators/secrets-manager/call.ts';
import { LOCAL_REALM } from '../realm.ts';
import type { Perform } from './local-secrets.ts';

const PATIENCE_MS = 10_000;
const RETRY_MS = 50;

/** Throws AwsError, or what kept the endpoint from answering. */
export function endpointCalls({ url, key }: { readonly url: string; readonly key: AccessKey }): Perform {
  return async (target, input) => {
    const giveUpMs = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await callEndpoint({ url, key, region: LOCAL_REALM.region, target, input });
      } catch (error) {
        if (error instanceof AwsError || performance.now() > giveUpMs) throw error;
        await pause(RETRY_MS);
      }
    }
  };
}
