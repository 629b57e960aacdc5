/**
 * What came of an operator's command, in one sentence that terminal and page share.
 */

import type { CommandOutcome } from '../domain/risk/command-outcome.ts';
import { printable } from './format.ts';

export function outcomeText({ text, state }: Pick<CommandOutcome, 'text' | 'state'>): string {
  return `${printable(text)}; trading is ${state}`;
}
