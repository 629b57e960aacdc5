/**
 * The rows of the ledger, letter by letter, and what the hash depends on.
 */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feeTable } from '../../../../../shared/domain/execution/fee-tables.ts';
import type { Fill, Order } from '../../../../../shared/domain/orders/types.ts';
import {
  type ClosingAccount,
  dailyContentHash,
  type DecisionColumns,
  ledgerHash,
  type LedgerParts,
  LedgerWriter,
} from '../../../../../shared/domain/ledger/ledger.ts';
import { entryOrder, fill, runConfig, SESSION, stopOrder } from '../../../../support/core/core.ts';

const CLOSE_MS = SESSION.openMs + 41 * 60_000;

function decision(overrides: Partial<DecisionColumns> = {}): DecisionColumns {
  return {
    eventMs: CLOSE_MS,
    minuteIndex: 40,
    stateMask: 0,
    actions: [2, 0],
    verdicts: [1, 0],
    quantities: [9, 0],
    ...overrides,
  };
}

function account(overrides: Partial<ClosingAccount> = {}): ClosingAccount {
  return {
    eventMs: CLOSE_MS,
    stateMask: 16,
    session: 20250103,
    cashE4: 24_990_000,
    equityE4: 24_990_000,
    accountPeakE4: 25_001_234,
    limitReferenceE4: 24_995_000,
    realizedE4: -2_000,
    feesE4: 8_000,
    ...overrides,
  };
}

function rowsOf(write: (ledger: LedgerWriter) => void): string[] {
  const rows: string[] = [];
  write(new LedgerWriter((row) => void rows.push(row)));
  return rows;
}

describe('a row of the ledger', () => {
  it('of a decision holds time, minute, the mask of causes and action:verdict:quantity of each symbol', () => {
    const tripped = decision({ stateMask: 33, verdicts: [22, 8], quantities: [0, 100] });
    expect(rowsOf((ledger) => [decision(), tripped].forEach((each) => ledger.decision(each)))).toEqual([
      'D,1735917060000,40,0,2:1:9,0:0:0',
      'D,1735917060000,40,33,2:22:0,0:8:100',
    ]);
  });

  it('of an order holds what was approved', () => {
    const entry = entryOrder();
    expect(rowsOf((ledger) => [entry, stopOrder(entry)].forEach((each) => ledger.order(each)))).toEqual([
      'O,1735917060000,AAPL,ENTRY,BUY,LIMIT,20250103-040-AAPL-N,10,1002000,0,1000000',
      'O,1735917060000,AAPL,STOP,SELL,STOP,20250103-040-AAPL-P,10,0,980000,1000000',
    ]);
  });

  it('of a fill holds price and fees by component', () => {
    const made = fill({ fees: { commissionE4: 3_500, exchangeE4: 300, secE4: 25, tafE4: 7 }, sequence: 1 });
    expect(rowsOf((ledger) => ledger.fill(made))).toEqual([
      'F,1735917060000,AAPL,1,20250103-040-AAPL-N,BUY,OPEN,10,1000000,3500,300,25,7',
    ]);
  });

  it('of an account closes a session', () => {
    expect(rowsOf((ledger) => ledger.account(account()))).toEqual([
      'A,1735917060000,16,20250103,24990000,24990000,25001234,24995000,-2000,8000',
    ]);
  });

  it('begins with its kind and its time, whatever times went before', () => {
    const time = fc.oneof(
      fc.integer({ min: CLOSE_MS - 200_000_000, max: CLOSE_MS + 200_000_000 }),
      fc.constantFrom(0, 7, 99_999_999, 100_000_000, 999_999_999_999, 1_000_000_000_000, 10_000_000_000_000, -1),
    );
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 12 }), (times) => {
        const rows = rowsOf((ledger) => times.forEach((eventMs) => ledger.decision(decision({ eventMs }))));
        expect(rows).toEqual(times.map((eventMs) => `D,${eventMs},40,0,2:1:9,0:0:0`));
      }),
    );
    expect(() =>
      rowsOf((ledger) => [CLOSE_MS, CLOSE_MS + 0.5].forEach((eventMs) => ledger.decision(decision({ eventMs })))),
    ).toThrow('a ledger value');
  });

  it('refuses a value that is not a safe integer', () => {
    const ledger = new LedgerWriter();
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 0.5, -77.25, 10_000.5]) {
      expect(() => ledger.fill(fill({ quantity: odd }))).toThrow('a ledger value');
    }
    expect(() => ledger.decision(decision({ quantities: [1.5, 0] }))).toThrow('a ledger value');
  });

  it('refuses one beyond the space kept for it', () => {
    const many = Array.from({ length: 3_000 }, () => 100);
    const wide = decision({ actions: many, verdicts: many, quantities: many });
    expect(() => new LedgerWriter().decision(wide)).toThrow('fits the space');
  });
});

const integer = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -20_000, max: 20_000 }), fc.constant(-0));
const code = fc.stringMatching(/^[A-Z.-]{1,12}$/);
const symbols = fc.integer({ min: 1, max: 8 });

const anyDecision = fc
  .tuple(symbols, fc.integer({ min: 0, max: 255 }), fc.infiniteStream(integer))
  .map(([count, stateMask, values]) => {
    const next = (): number => values.next().value as number;
    const column = (): number[] => Array.from({ length: count }, next);
    const [actions, verdicts, quantities] = [column(), column(), column()];
    const row = { eventMs: next(), minuteIndex: next(), stateMask, actions, verdicts, quantities };
    const head = ['D', row.eventMs, row.minuteIndex, stateMask];
    const text = [...head, ...actions.map((action, s) => `${action}:${verdicts[s]}:${quantities[s]}`)].join(',');
    return { text, write: (ledger: LedgerWriter) => ledger.decision(row) };
  });

const anyOrder = fc
  .tuple(code, code, fc.array(integer, { minLength: 5, maxLength: 5 }))
  .map(([symbol, orderRef, values]) => {
    const [eventMs, quantity, limitPriceE4, stopPriceE4, referencePriceE4] = values as [
      number,
      number,
      number,
      number,
      number,
    ];
    const prices = { quantity, limitPriceE4, stopPriceE4, referencePriceE4 };
    const order: Order = { ...entryOrder(), symbol, orderRef, eventMs, ...prices };
    const text = ['O', eventMs, symbol, 'ENTRY', 'BUY', 'LIMIT', orderRef, ...values.slice(1)].join(',');
    return { text, write: (ledger: LedgerWriter) => ledger.order(order) };
  });

const anyFill = fc
  .tuple(code, code, fc.array(integer, { minLength: 8, maxLength: 8 }))
  .map(([symbol, orderRef, values]) => {
    const [eventMs, sequence, ...rest] = values as [number, number, number, number, number, number, number, number];
    const [quantity, priceE4, commissionE4, exchangeE4, secE4, tafE4] = rest;
    const fees = { commissionE4, exchangeE4, secE4, tafE4 };
    const made: Fill = { ...fill(), symbol, orderRef, eventMs, sequence, quantity, priceE4, fees };
    const text = ['F', eventMs, symbol, sequence, orderRef, 'BUY', 'OPEN', ...rest].join(',');
    return { text, write: (ledger: LedgerWriter) => ledger.fill(made) };
  });

describe('any rows', () => {
  it('are their values joined by commas, and hashed line by line', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyDecision, anyOrder, anyFill), { maxLength: 30 }), (given) => {
        const seen: string[] = [];
        const ledger = new LedgerWriter((row) => void seen.push(row));
        for (const { write } of given) write(ledger);
        const expected = given.map(({ text }) => text);
        expect(seen).toEqual(expected);
        const lines = expected.map((text) => `${text}\n`).join('');
        expect(ledger.digest()).toBe(createHash('sha256').update(lines).digest('hex'));
      }),
    );
  });

  it('are hashed the same when they are many times the buffer', () => {
    const ledger = new LedgerWriter();
    const hash = createHash('sha256');
    for (let at = 0; at < 20_000; at++) {
      ledger.decision(decision({ minuteIndex: at, quantities: [at * 99_999, 0] }));
      hash.update(`D,${CLOSE_MS},${at},0,2:1:${at * 99_999},0:0:0\n`);
    }
    expect(ledger.digest()).toBe(hash.digest('hex'));
  });
});

describe('the hash of a ledger', () => {
  function parts(overrides: Partial<LedgerParts> = {}): LedgerParts {
    return {
      config: runConfig(),
      feeTable: feeTable('tiered'),
      sessions: [{ session: 20250103, minutes: 390 }],
      barsHash: 'bars',
      dailyHash: '-',
      rowsHash: 'rows',
      ...overrides,
    };
  }

  const [firstRate, ...laterRates] = feeTable('tiered').taf;
  const table = { ...feeTable('tiered'), taf: [{ ...firstRate!, microUsdPerShare: 76 }, ...laterRates] };

  it.each<[string, LedgerParts]>([
    ['symbols', parts({ config: runConfig({ symbols: ['AAPL', 'NVDA'] }) })],
    ['number of symbols', parts({ config: runConfig({ symbols: ['AAPL'] }) })],
    ['sessions', parts({ sessions: [{ session: 20250106, minutes: 390 }] })],
    ['length of a session', parts({ sessions: [{ session: 20250103, minutes: 120 }] })],
    ['policy', parts({ config: runConfig({ policy: 'random' }) })],
    ['profile', parts({ config: runConfig({ profile: 'enhanced' }) })],
    ['fees', parts({ feeTable: feeTable('fixed') })],
    ['one rate of the fees', parts({ feeTable: table })],
    ['account', parts({ config: runConfig({ accountUsdE4: 25_000_001 }) })],
    ['seed', parts({ config: runConfig({ seed: 2 }) })],
    ['way to re-arm', parts({ config: runConfig({ rearm: 'session' }) })],
    ['bars', parts({ barsHash: 'other' })],
    ['daily bars', parts({ dailyHash: 'other' })],
    ['rows', parts({ rowsHash: 'other' })],
  ])('changes with the %s', (_what, changed) => {
    expect(ledgerHash(changed)).not.toBe(ledgerHash(parts()));
  });

  it('does not change with the names of run and book', () => {
    const renamed = runConfig({ runId: 'run-2', bookId: 'main' });
    expect(ledgerHash(parts({ config: renamed }))).toBe(ledgerHash(parts()));
  });
});

describe('the hash of daily bars', () => {
  const row = { symbol: 'AAPL', session: 20250102, openE4: 1, closeE4: 2 };
  const hash = (...rows: (typeof row)[]): string => dailyContentHash(['AAPL', 'MSFT'], rows, 20250103);

  it('changes with every value that value at risk reads', () => {
    const changes = [{ symbol: 'MSFT' }, { session: 20241231 }, { openE4: 3 }, { closeE4: 3 }];
    const hashes = changes.map((change) => hash({ ...row, ...change }));
    expect(new Set([hash(row), hash(), ...hashes]).size).toBe(6);
  });

  it('does not change with the order of the rows, other symbols, or days that were not over', () => {
    const other = { ...row, session: 20241231 };
    expect(hash(row, other)).toBe(hash(other, row));
    expect(hash(row, { ...row, symbol: 'TSLA' }, { ...row, session: 20250103 })).toBe(hash(row));
  });
});
