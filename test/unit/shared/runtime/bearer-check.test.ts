/**
 * Who holds the token, who does not, and what is said while nobody can tell.
 */

import { describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { checkBearer } from '../../../../shared/runtime/bearer-check.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const accepts = vi.fn<(token: string) => Promise<boolean>>(async (token) => token === 'current');
const check = (authorization: string | undefined) => checkBearer(authorization, { token: { accepts }, logger });

describe('the bearer token of a request', () => {
  it.each([
    ['Bearer current', 'accepted'],
    ['Bearer another', 'refused'],
    ['Basic current', 'refused'],
    ['Bearer current twice', 'refused'],
    ['current', 'refused'],
    [undefined, 'refused'],
  ])('%s is %s', async (authorization, verdict) => {
    expect(await check(authorization)).toBe(verdict);
  });

  it('is unknown while the secrets do not answer, and the log says why', async () => {
    const warn = vi.spyOn(logger, 'warn');
    accepts.mockRejectedValueOnce(new Error('connection refused'));
    expect(await check('Bearer current')).toBe('unknown');
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ err: expect.any(Error) as Error }), expect.any(String));
  });

  it('is not asked for where there is none', async () => {
    accepts.mockClear();
    await check(undefined);
    expect(accepts).not.toHaveBeenCalled();
  });
});
