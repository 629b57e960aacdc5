/**
 * An operator's command: what is sent, and what the terminal says came of it.
 */

import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { AFTER_THE_LAST, awaitOutcome, outcomeLine } from '../../../../../../local/cli/commands/operator/outcome.ts';
import { commandBody } from '../../../../../../local/cli/commands/operator/request.ts';
import type { CommandOutcome } from '../../../../../../shared/domain/risk/command-outcome.ts';

const REFUSED: CommandOutcome = {
  result: 'refused',
  text: 'refused, a position is open',
  state: 'HALTED',
  causes: [],
  arming: null,
};

describe('what is sent', () => {
  it('names who asks, and the finding that is accepted', () => {
    const operator = `cli:uid-${userInfo().uid}`;
    expect(commandBody('halt', { reason: ' drill ' })).toEqual({ command: 'halt', reason: 'drill', operator });
    expect(commandBody('arm', { reason: 'r', acceptAudit: 'row 12 restored' })).toEqual({
      command: 'arm',
      reason: 'r',
      operator,
      acceptAudit: 'row 12 restored',
    });
  });

  it.each([
    [{ reason: '  ' }, "--reason: '  ' is empty"],
    [{ reason: 'x'.repeat(201) }, '--reason: has 201 characters'],
    [{ reason: 'r', acceptAudit: '' }, "--accept-audit: '' is empty"],
  ])('is refused with the option by name: %o', (options, message) => {
    expect(() => commandBody('arm', options)).toThrow(message);
  });
});

describe('what came of it', () => {
  it('is waited for', async () => {
    const answers = [null, null, REFUSED];
    const asked: string[] = [];
    const call = async (path: string) => {
      asked.push(path);
      return { status: 200, body: { outcome: answers.shift() ?? null } };
    };
    expect(await awaitOutcome('command/run 1', call)).toEqual(REFUSED);
    expect(asked).toEqual(Array.from({ length: 3 }, () => '/api/commands/outcome?id=command%2Frun%201'));
  });

  it('is not known when risk says nothing in time, or the database is away', async () => {
    expect(await awaitOutcome('c', async () => ({ status: 503, body: null }), 0)).toBeNull();
    expect(outcomeLine('halt', null, 'http://page/')).toBe(
      'halt was sent and has no answer yet; http://page/ shows what comes of it',
    );
  });

  it('after the last session is told in the words of the page', () => {
    const page = new URL('../../../../../../functions/report/page/static/commands.js', import.meta.url);
    expect(readFileSync(page, 'utf8')).toContain(`'${AFTER_THE_LAST}'`);
  });

  it('is said in the words of risk, on one line', () => {
    expect(outcomeLine('arm', REFUSED, '')).toBe('arm: refused, a position is open; trading is HALTED');
    expect(outcomeLine('arm', { ...REFUSED, text: 'a\nb' }, '')).toContain('a\\u{a}b');
  });
});
