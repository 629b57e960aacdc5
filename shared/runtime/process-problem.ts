/**
 * What a process of the stack says to its supervisor before it goes down for good: what is wrong, and what an operator
 * does about it. Without a supervisor its log says the same.
 */

import * as z from 'zod';

/** Another start would end the same way. */
export const EXIT_HOPELESS = 78;

const schema = z.strictObject({ kind: z.literal('problem'), message: z.string(), fix: z.string() });
export type ProcessProblem = z.infer<typeof schema>;

/** Null: the message is about something else. */
export function readProblem(message: unknown): ProcessProblem | null {
  const read = schema.safeParse(message);
  return read.success ? read.data : null;
}

/** Ends the process once the supervisor knows. */
export function exitWithProblem({ message, fix }: { readonly message: string; readonly fix: string }): void {
  const problem: ProcessProblem = { kind: 'problem', message, fix };
  if (process.send === undefined) process.exit(EXIT_HOPELESS);
  process.send(problem, () => process.exit(EXIT_HOPELESS));
}
