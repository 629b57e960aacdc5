/**
 * The contract of minute bars with their faults, and of daily bars.
 */

import { describe, expect, it } from 'vitest';
import { dailyContentHash } from '../../../../shared/domain/ledger/ledger.ts';
import { FAULT } from '../../../../shared/domain/quality/faults.ts';
import type { Feeds } from '../../../../shared/ports/repositories/runs.ts';
import { barRow, dailyBar, OPEN_MS, SESSION } from '../trading-rows.ts';
import { runConfig } from '../../core/core.ts';
import type { Bench } from './bench.ts';
import { feeds } from '../feeds.ts';

const MINUTE_MS = 60_000;
const DAY = { fromMs: OPEN_MS, toMs: OPEN_MS + 390 * MINUTE_MS };

export function barsContract(bench: Bench): void {
  feedsContract(bench);
  minuteBarsContract(bench);
  qualityContract(bench);
  volumesContract(bench);
  dailyBarsContract(bench);
}

/** What the tests of one feed share; each test has a run and a feed of its own, since databases stay. */
function aids(bench: Bench) {
  const of = () => ({ runId: bench.runId, session: SESSION });
  return {
    of,
    own: (symbols?: readonly string[]) => feeds(`of ${bench.runId}`, symbols),
    between: () => bench.inTransaction(({ bars }) => bars.between(of(), DAY)),
    faults: () => bench.inTransaction(({ bars }) => bars.quality(of(), DAY)),
    /** A session of AAPL and MSFT on the bars that these feeds name. */
    opened: (session: number, played: Feeds) =>
      bench.inTransaction(async ({ runs }) => {
        await runs.create(runConfig({ runId: bench.runId }), 'replay');
        await runs.openSession({ runId: bench.runId, session, minutes: 390, openMs: OPEN_MS }, played);
      }),
  };
}

function feedsContract(bench: Bench): void {
  const { of, own, opened } = aids(bench);
  describe('the feeds of a session', () => {
    it('are those that it was first opened on', async () => {
      await opened(SESSION, own());
      await opened(SESSION, feeds('edited'));
      expect(await bench.inTransaction(({ runs }) => runs.feeds(of()))).toEqual(own());
      const later = { ...of(), session: 20250106 };
      expect(await bench.inTransaction(({ runs }) => runs.feeds(later))).toEqual(new Map());
    });

    it('need a session', async () => {
      const unknown = { runId: 'nobody', session: SESSION, minutes: 390, openMs: OPEN_MS };
      const opening = bench.inTransaction(({ runs }) => runs.openSession(unknown, own()));
      await expect(opening).rejects.toMatchObject({ name: 'DatabaseError', code: '23503' });
    });
  });
}

function minuteBarsContract(bench: Bench): void {
  const { of, own, between, opened } = aids(bench);
  describe('minute bars', () => {
    it('are those of the range by time, then symbol, without its end', async () => {
      await opened(SESSION, own());
      const wanted = [
        barRow(),
        barRow({ symbol: 'MSFT', faults: FAULT.VOLUME_SPIKE, fillableVolume: 500 }),
        barRow({ openMs: DAY.toMs - MINUTE_MS, volume: 0 }),
      ];
      const outside = [barRow({ openMs: DAY.toMs }), barRow({ openMs: DAY.fromMs - MINUTE_MS })];
      await bench.inTransaction(({ bars }) => bars.add(own(), [...wanted, ...outside].toReversed()));
      expect(await between()).toEqual(wanted);
    });

    it('are stored once, and shared by every session that was played on them', async () => {
      await opened(SESSION, own());
      await bench.twice(({ bars }) => bars.add(own(), [barRow()]));
      await opened(20250106, own());
      const later = { runId: bench.runId, session: 20250106 };
      expect(await bench.inTransaction(({ bars }) => bars.between(later, DAY))).toEqual([barRow()]);
      expect(await between()).toEqual([barRow()]);
    });

    it('are not touched by those of another feed, symbol by symbol', async () => {
      const mixed = new Map([...own(['AAPL']), ...feeds(`other than ${bench.runId}`, ['MSFT'])]);
      await opened(SESSION, mixed);
      const edited = barRow({ closeE4: 2_429_900 });
      await bench.inTransaction(({ bars }) => bars.add(own(), [barRow(), barRow({ symbol: 'MSFT' })]));
      await bench.inTransaction(({ bars }) => bars.add(feeds(`other than ${bench.runId}`), [edited]));
      expect(await between()).toEqual([barRow()]);
    });

    it('are never rewritten: other values under the same feed fail the transaction', async () => {
      await opened(SESSION, own());
      await bench.inTransaction(({ bars }) => bars.add(own(), [barRow()]));
      const rewriting = bench.inTransaction(async ({ bars, runs }) => {
        await runs.openSession({ ...of(), session: 20250106, minutes: 390, openMs: OPEN_MS }, own());
        await bars.add(own(), [barRow({ closeE4: 2_429_900 }), barRow({ symbol: 'MSFT' })]);
      });
      await expect(rewriting).rejects.toMatchObject({ name: 'DatabaseError', code: 'JF001', retryable: false });
      expect(await between()).toEqual([barRow()]);
      expect(await bench.inTransaction(({ runs }) => runs.sessions(bench.runId))).toHaveLength(1);
    });
  });
}

function qualityContract(bench: Bench): void {
  const { own, faults, opened } = aids(bench);
  const row = { symbol: 'AAPL', openMs: OPEN_MS, faults: FAULT.PRICE_INVALID, hard: true, raw: '{"close":null}' };
  describe('what quality said', () => {
    it('comes back with what was delivered, missing minutes included', async () => {
      await opened(SESSION, own());
      const missing = { symbol: 'MSFT', openMs: OPEN_MS, faults: FAULT.MISSING, hard: false, raw: '{}' };
      await bench.twice(({ bars }) => bars.addQuality(own(), [row, missing]));
      expect(await faults()).toEqual([row, missing]);
    });

    it('is never rewritten', async () => {
      await opened(SESSION, own());
      await bench.inTransaction(({ bars }) => bars.addQuality(own(), [row]));
      const rewriting = bench.inTransaction(({ bars }) => bars.addQuality(own(), [{ ...row, raw: '{}' }]));
      await expect(rewriting).rejects.toMatchObject({ name: 'DatabaseError', code: 'JF001', retryable: false });
      expect(await faults()).toEqual([row]);
    });
  });
}

function volumesContract(bench: Bench): void {
  describe('volumes of whole sessions', () => {
    it('are returned by session and symbol as they were first given', async () => {
      const given = [
        { symbol: 'MSFT', volumes: [0, 7] },
        { symbol: 'AAPL', volumes: [4_000_000_000, 0] },
      ];
      await bench.twice(({ volumes }) => volumes.add(bench.runId, SESSION, given));
      await bench.inTransaction(({ volumes }) => volumes.add(bench.runId, SESSION, [{ symbol: 'AAPL', volumes: [1] }]));
      await bench.inTransaction(({ volumes }) => volumes.add(bench.runId, 20250106, [{ symbol: 'AAPL', volumes: [] }]));
      await bench.inTransaction(async ({ volumes }) => {
        expect(await volumes.of(bench.runId, [20250106, SESSION])).toEqual([
          { session: SESSION, symbol: 'AAPL', volumes: [4_000_000_000, 0] },
          { session: SESSION, symbol: 'MSFT', volumes: [0, 7] },
          { session: 20250106, symbol: 'AAPL', volumes: [] },
        ]);
        expect(await volumes.of(bench.runId, [])).toEqual([]);
        expect(await volumes.of('nobody', [SESSION])).toEqual([]);
      });
    });
  });
}

function dailyBarsContract(bench: Bench): void {
  describe('daily bars', () => {
    it('returns the last sessions strictly before one, oldest first', async () => {
      const symbol = bench.runId.toUpperCase();
      const days = [20241230, 20241231, 20250102, SESSION];
      const rows = days.map((session) => dailyBar({ symbol, session }));
      const others = days.map((session) => dailyBar({ symbol: `${symbol}.B`, session }));
      await bench.twice(({ dailyBars }) => dailyBars.upsert([...others, ...rows]));
      const before = (...symbols: string[]) =>
        bench.inTransaction(({ dailyBars }) => dailyBars.before(symbols, SESSION, 2));
      expect(await before(`${symbol}.B`, symbol, 'NOBODY')).toEqual([...rows.slice(1, 3), ...others.slice(1, 3)]);
      expect(await before()).toEqual([]);
    });

    it('have the content hash of the ledger, over the earlier days of the symbols asked for', async () => {
      const symbol = bench.runId.toUpperCase();
      const symbols = [`${symbol}B`, symbol, `${symbol}.C`];
      const rows = [20241231, 20250102, SESSION].flatMap((session, at) =>
        symbols.map((each, s) => dailyBar({ symbol: each, session, closeE4: 10 ** (at + s) })),
      );
      await bench.inTransaction(({ dailyBars }) => dailyBars.upsert(rows));
      const hash = (of: readonly string[]) =>
        bench.inTransaction(({ dailyBars }) => dailyBars.contentHash(of, SESSION));
      expect(await hash(symbols)).toBe(dailyContentHash(symbols, rows, SESSION));
      expect(await hash(['NOBODY'])).toBe(dailyContentHash([], [], SESSION));
    });

    it('takes more rows than one statement holds, and corrects them', async () => {
      const symbol = bench.runId.toUpperCase();
      const rows = Array.from({ length: 2_500 }, (_, index) => dailyBar({ symbol, session: index }));
      await bench.inTransaction(({ dailyBars }) => dailyBars.upsert(rows));
      await bench.inTransaction(({ dailyBars }) =>
        dailyBars.upsert([dailyBar({ symbol, session: 2_499, closeE4: 1 })]),
      );
      const stored = await bench.inTransaction(({ dailyBars }) => dailyBars.before([symbol], 9_999, 9_999));
      expect(stored).toHaveLength(2_500);
      expect(stored.at(-1)?.closeE4).toBe(1);
    });
  });
}
