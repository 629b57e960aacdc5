/**
 * The terminal: data on stdout, the rest on stderr; colours and progress for people only.
 */

import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal, progressBar, type Streams } from '../../../../../local/cli/shell/terminal.ts';

function streams(isTty: boolean) {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY: isTty, columns: 30 });
  const stdin = Object.assign(new PassThrough(), { isTTY: isTty });
  return { stdout, stderr, stdin, typed: { stdout, stderr, stdin } as unknown as Streams };
}

function textOf(stream: PassThrough): string {
  return String(stream.read() ?? '');
}

describe('terminal', () => {
  it('keeps data and talk apart', () => {
    const { stdout, stderr, typed } = streams(false);
    const terminal = createTerminal({}, typed);
    terminal.out('data');
    terminal.note('talk');
    expect(textOf(stdout)).toBe('data\n');
    expect(textOf(stderr)).toBe('talk\n');
  });

  it('shows no progress, no colour and no question off a terminal', () => {
    const { stderr, typed } = streams(false);
    const terminal = createTerminal({}, typed);
    terminal.status('10 %');
    expect(textOf(stderr)).toBe('');
    expect(terminal.paint('red', 'x')).toBe('x');
    expect(terminal.canAsk).toBe(false);
  });

  it('rewrites one line on a terminal, cut to its width, and clears it before the next line', () => {
    const { stderr, typed } = streams(true);
    const terminal = createTerminal({}, typed);
    terminal.status('a'.repeat(80));
    expect(textOf(stderr)).toBe('a'.repeat(29));
    terminal.note('done');
    expect(textOf(stderr)).toBe('\r\u001b[2Kdone\n');
  });

  it('honours NO_COLOR', () => {
    const { typed } = streams(true);
    expect(createTerminal({}, typed).paint('red', 'x')).toContain('\u001b[');
    expect(createTerminal({ NO_COLOR: '1' }, typed).paint('red', 'x')).toBe('x');
  });
});

describe('progress bar', () => {
  it.each([
    [0, '[                        ] 0 %'],
    [0.5, '[████████████            ] 50 %'],
    [1.2, '[████████████████████████] 100 %'],
  ])('draws %f', (fraction, bar) => {
    expect(progressBar(fraction)).toBe(bar);
  });
});
