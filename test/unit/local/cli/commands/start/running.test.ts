/**
 * A start where one runs already: what is given again is fine, what is given otherwise is refused by name.
 */

import { describe, expect, it } from 'vitest';
import type { StartOptions } from '../../../../../../local/cli/commands/start/options.ts';
import { describeHolder, optionTexts } from '../../../../../../local/cli/commands/start/running.ts';
import type { Holder } from '../../../../../../local/stack/lock.ts';
import { fakeTerminal } from '../../../../../support/stack/fake-terminal.ts';

const RUNNING: StartOptions = {
  symbols: ['AAPL', 'MSFT'],
  policy: 'rule',
  profile: 'basic',
  fees: 'tiered',
  account: 25_000_000,
  seed: 1,
  speed: { kind: 'max' },
  startDate: 20_260_105,
  book: 'main',
  data: '/data',
};

const HOLDER: Holder = {
  pid: 7,
  purpose: 'start',
  dataDir: '/data',
  startedAtMs: 1,
  url: 'http://127.0.0.1:4750/',
  options: optionTexts(RUNNING),
};

function startAgain(given: Partial<StartOptions>, holder: Holder | null = HOLDER) {
  const terminal = fakeTerminal();
  const asked = { dataDir: '/data', asked: optionTexts(given), json: false };
  return { code: describeHolder(holder, asked, terminal), said: terminal.data };
}

describe('a start on a folder where one runs', () => {
  it.each<[string, Partial<StartOptions>]>([
    ['nothing', {}],
    ['the same options', RUNNING],
    ['the same account in another notation', { account: 25_000_000 }],
    ['another way of printing', { json: true, data: '/link-to-data' }],
  ])('given %s says where it is', (_name, given) => {
    const { code, said } = startAgain(given);
    expect(code).toBe(0);
    expect(said[0]).toBe('IntradayJules is already running on http://127.0.0.1:4750/');
  });

  it.each<[Partial<StartOptions>, string]>([
    [{ account: 50_000_000 }, '--account is 2500 there, and 5000 is asked for'],
    [{ symbols: ['AAPL'] }, '--symbols is AAPL,MSFT there, and AAPL is asked for'],
    [{ speed: { kind: 'speed', factor: 60 } }, '--speed is max there, and 60 is asked for'],
    [{ startDate: 20_260_106 }, '--start-date is 2026-01-05 there, and 2026-01-06 is asked for'],
    [{ bars: '/bars' }, '--bars is not given there, and /bars is asked for'],
    [{ newRun: true }, '--new-run is asked for'],
    [{ seed: 2, watch: true }, '--seed is 1 there, and 2 is asked for; --watch is asked for'],
  ])('given %j is refused with what differs', (given, difference) => {
    expect(() => startAgain(given)).toThrow(
      expect.objectContaining({
        message: `IntradayJules is already running on http://127.0.0.1:4750/ with other options: ${difference}`,
        fix: expect.stringContaining('pid 7') as string,
        exitCode: 1,
      }) as Error,
    );
  });

  it('given --new-run is refused although the one that runs was started with it', () => {
    const holder = { ...HOLDER, options: optionTexts({ ...RUNNING, newRun: true }) };
    expect(() => startAgain({ newRun: true }, holder)).toThrow('--new-run is asked for');
  });

  it.each([null, { ...HOLDER, purpose: 'replay' as const }])('that somebody else has is in use', (holder) => {
    expect(() => startAgain({}, holder)).toThrow(expect.objectContaining({ exitCode: 4 }) as Error);
  });
});
