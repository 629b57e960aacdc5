/**
 * Where a command speaks: data on stdout, everything for people on stderr, colours and progress only on a terminal.
 */

import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface Terminal {
  /** Data: one line on stdout. */
  out(text: string): void;
  /** For people: one line on stderr. */
  note(text: string): void;
  /** Rewrites one line on a terminal; silent elsewhere. An empty text clears it. */
  status(text: string): void;
  paint(style: Style, text: string): string;
  /** True when a person sits at it and can be asked. */
  readonly canAsk: boolean;
  ask(question: string): Promise<string>;
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
}

const CLEAR_LINE = '\r\u001b[2K';

export function createTerminal(
  env: Readonly<Record<string, string | undefined>>,
  streams: Streams = process,
): Terminal {
  const { stdout, stderr, stdin } = streams;
  const isLive = stderr.isTTY === true && env['TERM'] !== 'dumb';
  const hasColor = isLive && !env['NO_COLOR'];
  let isLineOpen = false;
  const clear = () => {
    if (isLineOpen) stderr.write(CLEAR_LINE);
    isLineOpen = false;
  };
  return {
    out: (text) => {
      clear();
      stdout.write(`${text}\n`);
    },
    note: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    status: (text) => {
      if (!isLive) return;
      clear();
      stderr.write(text.slice(0, (stderr.columns || 80) - 1));
      isLineOpen = text !== '';
    },
    paint: (style, text) => (hasColor ? styleText(style, text, { validateStream: false }) : text),
    canAsk: isLive && stdin.isTTY === true,
    ask: (question) => askOn(streams, question),
  };
}

async function askOn({ stdin, stderr }: Streams, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

const BAR_WIDTH = 24;

/** `[██████      ] 25 %` */
export function progressBar(fraction: number): string {
  const whole = Math.max(0, Math.min(1, fraction));
  const filled = Math.round(whole * BAR_WIDTH);
  return `[${'█'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${Math.floor(whole * 100)} %`;
}
