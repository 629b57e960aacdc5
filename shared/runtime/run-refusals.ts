/**
 * What an operator does where the database says that a run or a book was begun otherwise.
 */

const FIXES: ReadonlyMap<unknown, string> = new Map([
  ['RUN_DIFFERS', 'begin another run with --new-run; the old one stays readable'],
  ['RUN_OF_ANOTHER_LEDGER', 'begin another run with --new-run; the old one stays readable'],
  [
    'BOOK_TAKEN_OVER',
    'start with the options of the run that has the book, or add --new-run to begin another run from the book as it ' +
      'stands; the old one stays readable',
  ],
  ['BOOK_DIFFERS', 'give what the book was opened with, or name another one with --book NAME'],
]);

/** Null: the error is about something else. */
export function fixOfRefusal(error: unknown): string | null {
  return FIXES.get((error as { readonly code?: unknown } | null)?.code) ?? null;
}
