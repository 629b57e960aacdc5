/**
 * The bearer token of a request, as page and runner ask for it: accepted, refused, or unknown where the secrets that
 * could say it do not answer.
 */

import type { Logger } from '../ports/logger.ts';
import type { TokenCheck } from '../ports/token-check.ts';

export type BearerVerdict = 'accepted' | 'refused' | 'unknown';

/** `authorization` is the header as it came; undefined where there was none. */
export async function checkBearer(
  authorization: string | undefined,
  { token, logger }: { readonly token: TokenCheck; readonly logger: Logger },
): Promise<BearerVerdict> {
  const given = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  if (given === undefined) return 'refused';
  try {
    return (await token.accepts(given)) ? 'accepted' : 'refused';
  } catch (error) {
    logger.warn({ err: error }, 'a token could not be checked');
    return 'unknown';
  }
}
