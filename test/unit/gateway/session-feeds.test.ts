/**
 * A session goes on only on the bars that it was begun on.
 */

import { describe, expect, it } from 'vitest';
import { checkFeeds, feedsOf } from '../../../gateway/session-feeds.ts';
import { SESSION } from '../../support/core/core.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const BEGUN = feedsOf(SYMBOLS, ['recorded/a', 'recorded/b']);

describe('the feeds of a session', () => {
  it('are one for each symbol', () => {
    expect([...BEGUN]).toEqual([
      ['AAPL', 'recorded/a'],
      ['MSFT', 'recorded/b'],
    ]);
    expect(() => feedsOf(SYMBOLS, ['recorded/a'])).toThrow('the bars of every symbol');
  });

  it('let it go on when they are those that it was begun on', () => {
    expect(() => checkFeeds(SESSION.date, BEGUN, feedsOf(SYMBOLS, ['recorded/a', 'recorded/b']))).not.toThrow();
  });

  it.each([
    [
      'edited',
      BEGUN,
      /^the bars of MSFT in session 20250103 .* has read recorded\/b, the source now has recorded\/edited$/,
    ],
    ['not on record', new Map([['AAPL', 'recorded/a']]), /MSFT .* has read none, the source now has recorded\/edited$/],
  ])('stop it when one of them was %s, with both digests and the way out', (_name, stored, message) => {
    expect(() => checkFeeds(SESSION.date, stored, feedsOf(SYMBOLS, ['recorded/a', 'recorded/edited']))).toThrow(
      expect.objectContaining({
        name: 'RunStoppedError',
        message: expect.stringMatching(message) as string,
        fix: expect.stringContaining('--new-run') as string,
      }),
    );
  });
});
