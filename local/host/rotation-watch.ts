/**
 * Asks the stack's secrets how their rotations stand, for the page and for `jules status`.
 *
 * Who has the vault tells its address in the lock; while nobody answers, what was known stays.
 */

import { existsSync } from 'node:fs';
import { LOCAL_REGION } from '../../shared/adapters/sqs/client.ts';
import { type RotationState, rotationNotices } from '../../shared/domain/secrets/rotation-notices.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { StackNotice } from '../../shared/ports/stack-status.ts';
import { accessKeyFrom, storedAccessKey } from '../vault/access-key.ts';
import { callEndpoint } from '../emulators/secrets-manager/call.ts';
import { statusAnswerSchema } from '../vault/status-answer.ts';
import { diskFileSystem } from '../vault/store/file-system.ts';
import { vaultPlaces } from '../vault/store/places.ts';
import { findHolder } from '../stack/lock.ts';

const INTERVAL_MS = 10_000;

/** What the endpoint's own status operation answers; null: nobody has the vault. */
export type AskSecrets = () => Promise<unknown>;

export interface RotationWatch {
  notices(): readonly StackNotice[];
  stop(): Promise<void>;
}

export function startRotationWatch(parts: { ask: AskSecrets; clock: Clock; logger: Logger }): RotationWatch {
  const { ask, clock, logger } = parts;
  const stopping = new AbortController();
  let states: readonly RotationState[] = [];
  const look = async (): Promise<void> => {
    try {
      const answer = await ask();
      if (answer !== null) states = statusAnswerSchema.parse(answer).states;
    } catch (error) {
      logger.warn({ err: error }, 'the secrets do not say how their rotations stand');
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await clock.sleep(INTERVAL_MS, stopping.signal);
    }
  })();
  return {
    notices: () => rotationNotices(states, clock.nowMs()),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Of the vault of a data folder, by the endpoint of the process that has it. */
export function askVault(dataDir: string, env: Readonly<Record<string, string | undefined>>): AskSecrets {
  const { vaultDir, accessKey } = vaultPlaces(dataDir);
  return async () => {
    const holder = existsSync(vaultDir) ? await findHolder(vaultDir) : null;
    const key = accessKeyFrom(env) ?? (await storedAccessKey(accessKey, diskFileSystem()));
    if (!holder?.url || key === null) return null;
    return callEndpoint({ url: holder.url, key, region: LOCAL_REGION, target: 'jules.Status', input: {} });
  };
}
