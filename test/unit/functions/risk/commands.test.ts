/**
 * What an operator is told of a command: what follows for what is held, and nothing that is not so.
 */

import { describe, expect, it } from 'vitest';
import { BUYS, decide, holdFive, openRisk, outcome, say } from '../../../support/trading/risk-bench.ts';

describe('who halts or flattens', () => {
  it('a flat account is not told of a sale', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    expect(outcome(bench).text).toBe('OPERATOR_HALT stands; nothing is held, and nothing is entered until it is armed');
  });

  it('while an entry works is told that it may still fill, and is sold then', async () => {
    const bench = await openRisk();
    await decide(bench, BUYS);
    await say(bench, { command: 'flatten' });
    expect(outcome(bench).text).toBe(
      'OPERATOR_FLATTEN stands; nothing is held; what working entries fill at the next open is sold at the one after',
    );
  });

  it('while long is told that it is sold', async () => {
    const bench = await openRisk();
    await holdFive(bench);
    await say(bench, { command: 'halt' });
    expect(outcome(bench).text).toBe('OPERATOR_HALT stands; what is held is sold at the next good open');
  });
});
