/**
 * Books: whose cash, peak and standing causes the runs on them go on with.
 */

import { newOpening, type Opening, openingAfter } from '../../../domain/risk/opening.ts';
import type { RunConfig } from '../../../domain/run/run-config.ts';
import { usdText } from '../../../domain/units/money-text.ts';
import type { AccountRow } from '../../../ports/repositories/accounts.ts';
import { integer } from '../connection/columns.ts';
import { DatabaseError } from '../connection/database-error.ts';
import type { Transaction } from '../connection/transaction.ts';
import { ACCOUNT_COLUMNS, type AccountDbRow, accountRow } from './account-repository.ts';

interface BookDbRow {
  readonly opening_cash_e4: string;
  readonly market: string;
  readonly broker: string;
}

const FIND = { name: 'book-find', text: 'SELECT opening_cash_e4, market, broker FROM books WHERE book_id = $1' };

const OPEN = {
  name: 'book-open',
  text: `INSERT INTO books (book_id, opened_ms, opening_cash_e4, market, broker)
    VALUES ($1, (extract(epoch FROM now()) * 1000)::int8, $2, $3, $4)`,
};

const NEWEST = {
  name: 'book-newest-run',
  text: 'SELECT run_id FROM runs WHERE book_id = $1 ORDER BY created_at DESC LIMIT 1',
};

/** Where its newest run that has decided anything stands. */
const LEFT = {
  name: 'book-left',
  text: `SELECT ${ACCOUNT_COLUMNS} FROM accounts JOIN runs USING (run_id) WHERE book_id = $1
    ORDER BY created_at DESC, session DESC LIMIT 1`,
};

/** What a new run on the book begins with. Throws DatabaseError where the book is another one than the run asks for. */
export async function openBook(transaction: Transaction, config: RunConfig): Promise<Opening> {
  const { bookId, accountUsdE4, market, broker } = config;
  const { isOpen, left } = await bookOf(transaction, config);
  if (!isOpen) transaction.write(OPEN, [bookId, accountUsdE4, market, broker]);
  return left === null ? newOpening(accountUsdE4) : openingAfter(left);
}

/** `left`: where its newest run that has decided anything stands. Throws DatabaseError where the book is another one. */
export async function bookOf(
  transaction: Transaction,
  config: RunConfig,
): Promise<{ readonly isOpen: boolean; readonly left: AccountRow | null }> {
  const [book] = await transaction.read<BookDbRow>(FIND, [config.bookId]);
  if (book === undefined) return { isOpen: false, left: null };
  const openingCashE4 = integer(book.opening_cash_e4, 'books.opening_cash_e4');
  refuseOther(config, { accountUsdE4: openingCashE4, market: book.market, broker: book.broker });
  const [left] = await transaction.read<AccountDbRow>(LEFT, [config.bookId]);
  return { isOpen: true, left: left === undefined ? null : accountRow(left) };
}

/** A book has one account: a run that goes on beside the one that took it over would trade its cash a second time. */
export async function refuseTakenOver(transaction: Transaction, { runId, bookId }: RunConfig): Promise<void> {
  const [newest] = await transaction.read<{ readonly run_id: string }>(NEWEST, [bookId]);
  if (newest === undefined || newest.run_id === runId) return;
  throw new DatabaseError(
    `run ${runId} cannot be continued: run ${newest.run_id} has taken book ${bookId} over from it`,
    { code: 'BOOK_TAKEN_OVER', retryable: false },
  );
}

function refuseOther(
  config: RunConfig,
  book: { readonly accountUsdE4: number; readonly market: string; readonly broker: string },
): void {
  const field = (['accountUsdE4', 'market', 'broker'] as const).find((name) => book[name] !== config[name]);
  if (field === undefined) return;
  throw new DatabaseError(
    `book ${config.bookId} was opened with ${textOf(field, book[field])}, and the run has ${textOf(field, config[field])}`,
    { code: 'BOOK_DIFFERS', retryable: false },
  );
}

function textOf(field: string, value: string | number): string {
  return typeof value === 'number' ? `an account of ${usdText(value)}` : `${field} ${value}`;
}
