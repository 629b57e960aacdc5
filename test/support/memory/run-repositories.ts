/**
 * Runs with their sessions, decisions, and accounts, in memory.
 */

import { isDeepStrictEqual } from 'node:util';
import { readStoredSignal, type StoredSignal, storedText } from '../../../shared/contracts/stored-signal.ts';
import { LEDGER_VERSION } from '../../../shared/domain/ledger/ledger.ts';
import { usdText } from '../../../shared/domain/units/money-text.ts';
import { newOpening, type Opening, openingAfter } from '../../../shared/domain/risk/opening.ts';
import { BROKER_KINDS, MARKETS, type RunConfig } from '../../../shared/domain/run/run-config.ts';
import type { AccountRepository, AccountRow } from '../../../shared/ports/repositories/accounts.ts';
import type { DecisionRecord, DecisionRepository, MinuteOfRun } from '../../../shared/ports/repositories/decisions.ts';
import type { RunRepository, SessionRow } from '../../../shared/ports/repositories/runs.ts';
import { MemoryDatabaseError, requireCheck, requireDistinct, requireText, requireWhole } from './constraints.ts';
import type { StoredRunRow, StoredSessionRow, Tables } from './tables.ts';

export function runRepository(tables: Tables): RunRepository {
  const { runs, sessions, feeds: sessionFeeds } = tables;
  return {
    async create(config, kind) {
      requireCheck(kind === 'paper' || kind === 'replay', `kind ${kind as string}`);
      requireBook(config);
      const stored = runs.get(config.runId);
      if (stored !== undefined) {
        const begun = continued(stored, { kind, config, ledgerVersion: LEDGER_VERSION });
        refuseTakenOver(tables, begun);
        return begun;
      }
      const begun = { ...config, opening: openBook(tables, config) };
      runs.insert(config.runId, { kind, config: begun, ledgerVersion: LEDGER_VERSION });
      return begun;
    },
    async admit(config, kind) {
      const stored = runs.get(config.runId);
      if (stored === undefined) return bookOf(tables, config).left;
      refuseTakenOver(tables, continued(stored, { kind, config, ledgerVersion: LEDGER_VERSION }));
      return null;
    },
    async find(runId) {
      return runs.get(runId)?.config ?? null;
    },
    async openSession(row, feeds) {
      requireWhole(row, ['session', 'minutes', 'openMs']);
      if (runs.get(row.runId) === undefined) {
        throw new MemoryDatabaseError(`run ${row.runId} of a session is stored`, { code: '23503', retryable: false });
      }
      const key = `${row.runId}/${row.session}`;
      sessions.insert(key, { ...row, publishedMinute: -1, decidedMinute: -1 });
      sessionFeeds.put(key, new Map([...feeds, ...(sessionFeeds.get(key) ?? [])]));
    },
    async feeds({ runId, session }) {
      return sessionFeeds.get(`${runId}/${session}`) ?? new Map<string, string>();
    },
    async sessions(runId) {
      return sessionsOf(sessions.where((row) => row.runId === runId));
    },
  };
}

export function decisionRepository({ decisions, orderRefs, riskEvents }: Tables): DecisionRepository {
  return {
    async add(record) {
      const { runId, cause, decision } = record;
      requireDecision(record);
      const isOfSameMinute = (other: DecisionRecord): boolean =>
        other.runId === runId &&
        other.cause === cause &&
        other.decision.session === decision.session &&
        other.decision.minuteIndex === decision.minuteIndex;
      // A minute has one decision, so a repeat is the same; pulses and commands are counted.
      const sequence = cause === 'minute' ? 0 : decisions.where(isOfSameMinute).length;
      const orders = decision.orders.filter(({ orderRef }) => orderRefs.insert(`${runId}/${orderRef}`, orderRef));
      const key = `${runId}/${decision.session}/${decision.minuteIndex}/${cause}/${sequence}`;
      const signal = record.signal === null ? null : asStored(record.signal);
      decisions.insert(key, asJson({ ...record, sequence, signal, decision: { ...decision, orders } }));
    },
    async riskEvent(event) {
      requireText(event.kind, event.detail);
      requireWhole(event, ['eventMs']);
      riskEvents.put(String(riskEvents.size), event);
    },
    async signalOf(runId, { session, minuteIndex }) {
      return decisions.get(`${runId}/${session}/${minuteIndex}/minute/0`)?.signal ?? null;
    },
    quarantined: async (runId, fromSession) =>
      quarantinedMinutes(decisions.where((record) => record.runId === runId)).filter(
        ({ session }) => session >= fromSession,
      ),
  };
}

export function accountRepository({ accounts, positions, equity }: Tables): AccountRepository {
  const latestOf = (runId: string, before: number) =>
    accounts
      .where((row) => row.runId === runId && row.session < before)
      .toSorted((a, b) => a.session - b.session)
      .at(-1) ?? null;
  return {
    latest: async (runId) => latestOf(runId, Number.POSITIVE_INFINITY),
    latestBefore: async (runId, session) => latestOf(runId, session),
    positions: async (runId) =>
      positions
        .where(({ owner }) => owner === runId)
        .map(({ row }) => row)
        .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    async save(row, held, equityRow) {
      const { runId } = row;
      requireWhole(row, ACCOUNT_NUMBERS);
      requireDistinct(held.map(({ symbol }) => symbol));
      for (const position of held) requireWhole(position, ['quantity', 'costE4', 'markE4', 'stopPriceE4']);
      if (equityRow !== null) requireWhole(equityRow, EQUITY_NUMBERS);
      accounts.put(`${runId}/${row.session}`, row);
      for (const old of positions.where(({ owner }) => owner === runId)) positions.delete(`${runId}/${old.row.symbol}`);
      for (const position of held) positions.put(`${runId}/${position.symbol}`, { owner: runId, row: position });
      if (equityRow === null) return;
      equity.put(`${runId}/${equityRow.session}/${equityRow.minuteIndex}`, { owner: runId, row: equityRow });
    },
  };
}

const ACCOUNT_NUMBERS = [
  'session',
  'lastMinute',
  'openingCashE4',
  'cashE4',
  'equityE4',
  'accountPeakE4',
  'limitReferenceE4',
  'realizedE4',
  'feesE4',
  'maxDrawdownE4',
  'maxLimitDrawdownE4',
] as const;

const EQUITY_NUMBERS = [
  'session',
  'minuteIndex',
  'eventMs',
  'equityE4',
  'cashE4',
  'feesE4',
  'drawdownE4',
  'limitDrawdownE4',
] as const;

const ORDER_NUMBERS = [
  'quantity',
  'limitPriceE4',
  'stopPriceE4',
  'referencePriceE4',
  'session',
  'minuteIndex',
  'eventMs',
] as const;

/** Of a run and of the book that it opens alike. */
function requireBook({ market, broker, accountUsdE4 }: RunConfig): void {
  requireCheck(MARKETS.includes(market), `market ${market}`);
  requireCheck(BROKER_KINDS.includes(broker), `broker ${broker}`);
  requireWhole({ accountUsdE4 }, ['accountUsdE4']);
  requireCheck(accountUsdE4 > 0, 'opening_cash_e4 > 0');
}

function requireDecision({ cause, decision }: DecisionRecord): void {
  requireCheck(['minute', 'pulse', 'command'].includes(cause), `cause ${cause}`);
  requireWhole(decision, ['session', 'minuteIndex', 'minutes', 'eventMs', 'equityE4']);
  for (const order of decision.orders) {
    requireWhole(order, ORDER_NUMBERS);
    requireCheck(order.quantity > 0, 'quantity > 0');
    requireCheck(['ENTRY', 'EXIT', 'STOP'].includes(order.kind), `kind ${order.kind}`);
    requireCheck(['BUY', 'SELL'].includes(order.side), `side ${order.side}`);
    requireCheck(['LIMIT', 'MARKETABLE', 'STOP'].includes(order.type), `type ${order.type}`);
  }
}

/** Of decisions of one run: the minutes among them that had no signal, in order. */
export function quarantinedMinutes(records: readonly DecisionRecord[]): MinuteOfRun[] {
  return records
    .filter(({ cause, signal }) => cause === 'minute' && signal === null)
    .map(({ decision: { session, minuteIndex } }) => ({ session, minuteIndex }))
    .toSorted((a, b) => a.session - b.session || a.minuteIndex - b.minuteIndex);
}

export function sessionsOf(rows: readonly StoredSessionRow[]): SessionRow[] {
  return rows
    .toSorted((a, b) => a.session - b.session)
    .map(({ runId, session, minutes, openMs }) => ({ runId, session, minutes, openMs }));
}

/** What the columns of a signal keep. */
function asStored(signal: StoredSignal): StoredSignal {
  return readStoredSignal(storedText(signal), signal.observation);
}

/** Columns of text keep what JSON keeps. */
function asJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function otherLedger({ config, ledgerVersion }: StoredRunRow): MemoryDatabaseError {
  const message = `run ${config.runId} has a ledger of version ${ledgerVersion} and this program writes ${LEDGER_VERSION}`;
  return new MemoryDatabaseError(message, { code: 'RUN_OF_ANOTHER_LEDGER', retryable: false });
}

function continued(stored: StoredRunRow, given: StoredRunRow): RunConfig {
  if (stored.ledgerVersion !== LEDGER_VERSION) throw otherLedger(stored);
  const same = { ...given, config: { ...given.config, opening: stored.config.opening } };
  if (!isDeepStrictEqual(stored, same)) throw differentRun(stored, same);
  return stored.config;
}

function refuseTakenOver({ runs }: Tables, { runId, bookId }: RunConfig): void {
  const newest = runs.where(({ config }) => config.bookId === bookId).at(-1)?.config.runId;
  if (newest === runId) return;
  const message = `run ${runId} cannot be continued: run ${newest} has taken book ${bookId} over from it`;
  throw new MemoryDatabaseError(message, { code: 'BOOK_TAKEN_OVER', retryable: false });
}

/** What a new run on the book begins with. */
function openBook(tables: Tables, config: RunConfig): Opening {
  const { bookId, accountUsdE4, market, broker } = config;
  const { isOpen, left } = bookOf(tables, config);
  if (!isOpen) tables.books.insert(bookId, { accountUsdE4, market, broker });
  return left === null ? newOpening(accountUsdE4) : openingAfter(left);
}

function bookOf(
  { books, runs, accounts }: Tables,
  config: RunConfig,
): { readonly isOpen: boolean; readonly left: AccountRow | null } {
  const { bookId, accountUsdE4, market, broker } = config;
  const given = { accountUsdE4, market, broker };
  const book = books.get(bookId);
  if (book === undefined) return { isOpen: false, left: null };
  const field = (['accountUsdE4', 'market', 'broker'] as const).find((name) => book[name] !== given[name]);
  if (field !== undefined) {
    const textOf = (value: string | number): string =>
      typeof value === 'number' ? `an account of ${usdText(value)}` : `${field} ${value}`;
    const message = `book ${bookId} was opened with ${textOf(book[field])}, and the run has ${textOf(given[field])}`;
    throw new MemoryDatabaseError(message, { code: 'BOOK_DIFFERS', retryable: false });
  }
  const before = runs.where((row) => row.config.bookId === bookId).toReversed();
  const left = before
    .map(
      (row) => accounts.where(({ runId }) => runId === row.config.runId).toSorted((a, b) => b.session - a.session)[0],
    )
    .find((account) => account !== undefined);
  return { isOpen: true, left: left ?? null };
}

function differentRun(stored: StoredRunRow, given: StoredRunRow): MemoryDatabaseError {
  const before: Record<string, unknown> = { kind: stored.kind, ...stored.config };
  const now: Record<string, unknown> = { kind: given.kind, ...given.config };
  const fields = ['kind', ...(Object.keys(given.config) as (keyof RunConfig)[])];
  const differences = fields
    .map((field) => ({ field, was: JSON.stringify(before[field]), is: JSON.stringify(now[field]) }))
    .filter(({ was, is }) => was !== is)
    .map(({ field, was, is }) => `${field} was ${was} and is now ${is}`);
  const message = `run ${given.config.runId} exists with another configuration: ${differences.join(', ')}`;
  return new MemoryDatabaseError(message, { code: 'RUN_DIFFERS', retryable: false });
}
