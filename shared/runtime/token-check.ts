/**
 * Checks bearer tokens against a secret that rotates: the current one and the one before it are good, so nobody who still
 * holds the older is turned away.
 *
 * An unknown token may be newer than what is cached, so the secret is asked for again; at most once a second, whoever
 * guesses.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import { readServiceToken } from '../contracts/credentials.v1.ts';
import type { Clock } from '../ports/clock.ts';
import { PREVIOUS, SecretAccessError, type Secrets } from '../ports/secrets.ts';
import type { TokenCheck } from '../ports/token-check.ts';

export interface TokenCheckOptions {
  readonly secrets: Secrets;
  /** Name of the secret. */
  readonly name: string;
  readonly clock: Clock;
}

const REFETCH_INTERVAL_MS = 1_000;

export function createTokenCheck(options: TokenCheckOptions): TokenCheck {
  const known = new KnownTokens(options);
  return {
    async accepts(token) {
      if (await known.has(token)) return true;
      await known.refresh();
      return known.has(token);
    },
  };
}

class KnownTokens {
  readonly #options: TokenCheckOptions;
  #refreshing: Promise<void> | null = null;
  #notBeforeMs = 0;
  /** Kept when there is none, as before the first rotation: asking again and again would tell nothing. */
  #previous: Promise<string | null> | null = null;

  constructor(options: TokenCheckOptions) {
    this.#options = options;
  }

  async has(token: string): Promise<boolean> {
    const { secrets, name } = this.#options;
    if (isEqual(token, (await secrets.get(name)).text)) return true;
    this.#previous ??= this.#readPrevious();
    const previous = await this.#previous;
    return previous !== null && isEqual(token, previous);
  }

  /** Whoever asks while another waits for his turn is served by the same answer. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refetch().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refetch(): Promise<void> {
    const { secrets, name, clock } = this.#options;
    const waitMs = this.#notBeforeMs - clock.nowMs();
    if (waitMs > 0) await clock.sleep(waitMs);
    // From here on a token that comes may be newer than the answer.
    this.#refreshing = null;
    this.#notBeforeMs = clock.nowMs() + REFETCH_INTERVAL_MS;
    await secrets.refetch(name);
    this.#previous = null;
  }

  async #readPrevious(): Promise<string | null> {
    const { secrets, name } = this.#options;
    try {
      const { text } = await secrets.get(name, { stage: PREVIOUS });
      this.#previous = null;
      return text;
    } catch (error) {
      if (error instanceof SecretAccessError && error.code === 'SECRET_NOT_FOUND') return null;
      this.#previous = null;
      throw error;
    }
  }
}

/** Digests have one length, so the comparison tells nothing of the token's. */
function isEqual(given: string, text: string): boolean {
  const token = readServiceToken(text);
  return token !== null && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
