/**
 * A terminal that remembers what was said, and is nobody's unless told otherwise.
 */

import type { Terminal } from '../../../local/cli/shell/terminal.ts';

export interface FakeTerminal extends Terminal {
  readonly data: string[];
  readonly notes: string[];
}

export function fakeTerminal(answer: string | null = null): FakeTerminal {
  const data: string[] = [];
  const notes: string[] = [];
  return {
    data,
    notes,
    out: (text) => void data.push(text),
    note: (text) => void notes.push(text),
    status: () => undefined,
    paint: (_style, text) => text,
    canAsk: answer !== null,
    ask: async () => answer ?? '',
  };
}
