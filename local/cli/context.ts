/**
 * What every command gets from the command line's entry: the terminal, the environment, and a way to set the exit code.
 */

import type { Terminal } from './shell/terminal.ts';

export interface CliContext {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Exit code of the command; 0 unless set. */
  exit(code: number): void;
}
