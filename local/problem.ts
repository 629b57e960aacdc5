/**
 * A failure that a person can act on: what is wrong, how to fix it, and the exit code of the command line.
 */

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_DEPENDENCY_DOWN = 4;

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly fix: string;
  readonly exitCode: number;

  constructor(message: string, options: { fix: string; exitCode: number; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fix = options.fix;
    this.exitCode = options.exitCode;
  }
}

/** What any thrown thing says, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
