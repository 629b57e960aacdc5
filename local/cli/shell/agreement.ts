/**
 * The question before what cannot be undone, or costs money.
 */

import { EXIT_USAGE, Problem } from '../../problem.ts';
import type { Terminal } from './terminal.ts';

/** Throws Problem where the terminal is not interactive. `asks` is the sentence's beginning: `reset asks before it deletes`. */
export function requireInteractive(asks: string, { canAsk }: Pick<Terminal, 'canAsk'>): void {
  if (canAsk) return;
  throw new Problem(`${asks}, and this terminal is not interactive`, {
    fix: 'run it on a terminal, or add --yes',
    exitCode: EXIT_USAGE,
  });
}

/** Anything but a typed yes is a no. */
export async function confirm(question: string, terminal: Pick<Terminal, 'ask'>): Promise<boolean> {
  const answer = await terminal.ask(`${question} Type yes: `);
  return answer.trim().toLowerCase() === 'yes';
}
